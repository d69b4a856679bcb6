import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { Lane } from "../events/defineEvent.ts";
import { entityKey } from "../events/entity.ts";
import type { EntityLike } from "../events/filter.ts";
import { normalFilter } from "../events/filter.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { FoldedEvent, StateReducer, StateStep } from "../events/stateReducer.ts";
import { LOWEST } from "../log/findEvents.ts";
import { unreadableError } from "../log/problems.ts";
import { foldEnd } from "./foldUntil.ts";
import { readHistory, type HistoryOf, type SequencedEvent } from "./history.ts";
import { readSnapshot, writeSnapshot, type Snapshot, type SnapshotOptions } from "./snapshots.ts";
import type { ReplayUntil } from "./until.ts";

export interface FoldOptions {
  /** Default: the context's account, then the fixed one. */
  account?: string | undefined;
  /** The past: a position, an event (which is included) or a time. Default: all that is recorded. */
  until?: ReplayUntil | undefined;
  /** Default `["domain"]`. */
  lanes?: readonly Lane[] | undefined;
  /** Keeps the state of long histories, which must then be JSON. Default: every fold begins at the beginning. */
  snapshots?: SnapshotOptions | undefined;
}

/** A state, and what it is made of. */
export interface Folded<State> {
  readonly state: State;
  /** How many events are in it. */
  readonly events: number;
  /** The last of them in their order; null where a snapshot holds them all, or there is none. */
  readonly last: RecordedEvent | null;
}

export interface FoldDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

/**
 * Folds the events whose subject is one entity, in the order in which they were written. Throws INVALID_OPTION,
 * EVENT_NOT_FOUND; UNKNOWN_TYPE or WRONG_VERSION for an event that this process cannot read; REPLAY_PRUNED.
 */
export async function fold<State>(
  { db, registry, accountOf }: FoldDependencies,
  subject: EntityLike,
  reducer: StateReducer<State>,
  options: FoldOptions = {},
): Promise<Folded<State>> {
  const account = accountOf(options.account);
  const { of, lanes } = normalFilter({ of: [subject], lanes: options.lanes }, account, registry);
  const steps = stepsOf(reducer, registry);
  const history: HistoryOf = { account, entity: of![0]!, types: [...steps.keys()], lanes };
  const end = await foldEnd(db, account, options.until);
  const { snapshots } = options;
  const kept = snapshots ? await readSnapshot(db, history, checkOptions(snapshots)) : null;
  const usable = kept && end.holds(kept) ? kept : null;

  const begin = (from: Snapshot | null): Fold<State> => ({
    state: (from?.state as State | undefined) ?? structuredClone(reducer.initial),
    events: from?.events ?? 0,
    length: from?.length ?? 0,
    seq: from?.seq ?? 0,
    eventId: from?.eventId ?? LOWEST,
    last: null,
  });
  let folding = begin(usable);
  for await (const page of readHistory(db, history, folding.eventId)) {
    const events = await end.keep(page);
    if (events.some(({ seq }) => seq < folding.seq)) {
      // The clock that makes the ids was set back between two pages, or one came late: all of them, in their order.
      folding = begin(null);
      const all: SequencedEvent[] = [];
      for await (const each of readHistory(db, history, LOWEST)) all.push(...(await end.keep(each)));
      step(
        folding,
        all.toSorted((a, b) => a.seq - b.seq),
      );
      break;
    }
    step(folding, events);
    if (page.some(({ id }) => id >= end.before)) break;
  }
  if (snapshots && options.until === undefined && isDue(folding, kept, snapshots))
    await writeSnapshot(db, history, snapshots, folding);
  return { state: folding.state, events: folding.events, last: folding.last };

  function step(into: Fold<State>, events: readonly SequencedEvent[]): void {
    for (const { seq, ...stored } of events) {
      into.length++;
      into.seq = seq;
      if (stored.id > into.eventId) into.eventId = stored.id;
      if (entityKey(stored.subject) !== history.entity) continue;
      into.events++;
      into.last = readable(recordedEvent(stored, registry));
      into.state = steps.get(stored.type)!(into.state, into.last as FoldedEvent);
    }
  }
}

interface Fold<State> {
  state: State;
  events: number;
  /** With those on its timeline of which it is not the subject. */
  length: number;
  seq: number;
  eventId: string;
  last: RecordedEvent | null;
}

const EVERY = 500;

function isDue(folded: Fold<unknown>, kept: Snapshot | null, { every = EVERY }: SnapshotOptions): boolean {
  return folded.length - (kept?.length ?? 0) >= every;
}

/** The steps by each name under which their events are stored. */
function stepsOf<State>(
  { on }: StateReducer<State>,
  registry: Registry,
): ReadonlyMap<string, StateStep<State>> {
  const steps = new Map<string, StateStep<State>>();
  for (const [type, step] of Object.entries(on)) {
    for (const name of registry.expand(type) ?? []) steps.set(name, step);
  }
  if (steps.size > 0) return steps;
  throw new TidingsError("INVALID_OPTION", { detail: "The reducer's on names no event type" });
}

function checkOptions(options: SnapshotOptions): SnapshotOptions {
  const { name, version = 1, every = EVERY } = options;
  const refuse = (detail: string): never => {
    throw new TidingsError("INVALID_OPTION", { detail });
  };
  if (name.length < 1 || name.length > 100) refuse("snapshots.name must have 1 to 100 characters");
  if (!Number.isInteger(version) || version < 1)
    refuse(`snapshots.version ${version} must be a whole number from 1`);
  if (!Number.isInteger(every) || every < 1) refuse(`snapshots.every ${every} must be a whole number from 1`);
  return options;
}

/** A state without an event that it should have would be wrong, and nobody would know. */
function readable(event: RecordedEvent): RecordedEvent {
  if (event.problem === null) return event;
  throw unreadableError(event);
}
