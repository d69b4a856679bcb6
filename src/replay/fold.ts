import { refuseOption } from "../checkOptions.ts";
import type { Database } from "../db/database.ts";
import { checkEventsVisibleOnce } from "../db/grants.ts";
import { entityKey } from "../events/entity.ts";
import type { EntityLike } from "../events/filter.ts";
import { normalFilter } from "../events/filter.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import {
  checkReducer,
  stepsByDefinition,
  type FoldedEvent,
  type StateReducer,
  type StateStep,
} from "../events/stateReducer.ts";
import { LOWEST } from "../log/findEvents.ts";
import { unreadableError } from "../log/problems.ts";
import { checkFold, type FoldOptions } from "./foldOptions.ts";
import { foldEnd, type FoldEnd } from "./foldUntil.ts";
import { readHistory, type HistoryOf, type SequencedEvent } from "./history.ts";
import { readSnapshot, writeSnapshot, type Snapshot, type SnapshotOptions } from "./snapshots.ts";

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
 * Folds the events whose subject is one entity, in the order in which they were written. Throws INVALID_OPTION, INVALID_FILTER,
 * EVENT_NOT_FOUND; UNKNOWN_TYPE, WRONG_VERSION or UPCAST_FAILED for an event that this process cannot read; REPLAY_PRUNED; EVENTS_HIDDEN.
 */
export async function fold<State>(
  { db, registry, accountOf }: FoldDependencies,
  subject: EntityLike,
  reducer: StateReducer<State>,
  options: FoldOptions = {},
): Promise<Folded<State>> {
  checkReducer(reducer, refuseOption);
  const { snapshots, viewer, until } = checkFold(options);
  const account = accountOf(options.account);
  const { of, lanes, audiences } = normalFilter(
    { of: [subject], lanes: options.lanes, viewer },
    account,
    registry,
  );
  const steps = stepsOf(reducer, registry);
  const history: HistoryOf = { account, entity: of![0]!, types: [...steps.keys()], lanes, audiences };
  // Hidden events would be missing from the state, and nobody would know.
  await checkEventsVisibleOnce(db);
  const end = await foldEnd(db, history, until);
  const kept = snapshots ? await readSnapshot(db, history, snapshots) : null;
  const reading: Reading<State> = { db, registry, history, end, reducer, steps };
  const folded =
    (await foldInPages(reading, kept && end.holds(kept) ? kept : null)) ?? (await foldAtOnce(reading));
  if (snapshots && until === undefined && isDue(folded, snapshots))
    await writeSnapshot(db, history, snapshots, folded);
  return { state: folded.state, events: folded.events, last: folded.last };
}

interface Reading<State> extends Pick<FoldDependencies, "db" | "registry"> {
  readonly history: HistoryOf;
  readonly end: FoldEnd;
  readonly reducer: StateReducer<State>;
  readonly steps: ReadonlyMap<string, StateStep<State>>;
}

/** What is folded so far. */
interface Fold<State> {
  state: State;
  events: number;
  /** With those on its timeline of which it is not the subject. */
  length: number;
  /** Of those, how many it began with. */
  readonly began: number;
  seq: number;
  eventId: string;
  last: RecordedEvent | null;
}

/** Null where pages, which go by id, are not in the order of writing: the database's clock was set back, or an event came late. */
async function foldInPages<State>(
  reading: Reading<State>,
  from: Snapshot | null,
): Promise<Fold<State> | null> {
  const { db, history, end, reducer } = reading;
  const folded = begin(reducer, from);
  for await (const page of readHistory(db, history, folded.eventId)) {
    const events = await end.keep(page);
    if (events.some(({ seq }) => seq < folded.seq)) return null;
    add(folded, events, reading);
    if (page.some(({ id }) => id >= end.before)) break;
  }
  return folded;
}

async function foldAtOnce<State>(reading: Reading<State>): Promise<Fold<State>> {
  const { db, history, end, reducer } = reading;
  const events: SequencedEvent[] = [];
  for await (const page of readHistory(db, history, LOWEST)) events.push(...(await end.keep(page)));
  const folded = begin(reducer, null);
  add(
    folded,
    events.sort((a, b) => a.seq - b.seq),
    reading,
  );
  return folded;
}

function begin<State>({ initial }: StateReducer<State>, from: Snapshot | null): Fold<State> {
  if (!from)
    return {
      state: structuredClone(initial),
      events: 0,
      length: 0,
      began: 0,
      seq: 0,
      eventId: LOWEST,
      last: null,
    };
  // Of the same name and version, so it is what this reducer made.
  return { ...from, state: from.state as State, began: from.length, last: null };
}

function add<State>(
  into: Fold<State>,
  events: readonly SequencedEvent[],
  { history, registry, steps }: Reading<State>,
): void {
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

const EVERY = 500;

function isDue({ length, began }: Fold<unknown>, { every = EVERY }: SnapshotOptions): boolean {
  return length - began >= every;
}

/** The steps by each name under which their events are stored. */
function stepsOf<State>(
  reducer: StateReducer<State>,
  registry: Registry,
): ReadonlyMap<string, StateStep<State>> {
  const steps = [...stepsByDefinition(reducer, registry.find, refuseOption)];
  return new Map(
    steps.flatMap(([{ type, aliases }, step]) => [type, ...aliases].map((name) => [name, step] as const)),
  );
}

/** A state without an event that it should have would be wrong, and nobody would know. */
function readable(event: RecordedEvent): RecordedEvent {
  if (event.problem === null) return event;
  throw unreadableError(event);
}
