import { AssertionError } from "node:assert";
import { setTimeout as passes } from "node:timers/promises";
import type { Database, Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { isEventDefinition, lanes, type TypedDefinition, type EventShape } from "../events/defineEvent.ts";
import { normalFilter, type EventFilter } from "../events/filter.ts";
import { positionedEvent, type PositionedEvent } from "../events/recordedEvent.ts";
import { createMatcher } from "../log/matchFilter.ts";
import { lastPosition, readAccountAfter } from "../log/readPositions.ts";
import { createSequencer } from "../log/sequencer.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import type { Tidings } from "../tidings.ts";

export interface NextEventOptions {
  /** Gives up after this many milliseconds. Default 2_000. */
  withinMs?: number | undefined;
  /** The first one after this position, be it there already. Default: the first one recorded after the call. */
  after?: number | undefined;
}

type Source = Pick<Tidings, "db" | "registry" | "signals" | "context" | "events">;

/** Waiting looks again this often: a person does not notice it, and PGlite spends about 5 % of its time on it. */
const LOOK_EVERY_MS = 20;
const READ_AT_ONCE = 500;

/**
 * The next event that is recorded, once it has a position: of a definition, or one that matches a filter. Call it before
 * what should record, and await it afterwards. Rejects with an AssertionError after `withinMs`. Gives positions itself while it
 * waits, so that it works whether or not `start()` was called.
 */
export async function nextEvent<Shape extends EventShape>(
  tidings: Source,
  definition: TypedDefinition<Shape>,
  options?: Omit<EventFilter, "types"> & NextEventOptions,
): Promise<PositionedEvent<Shape>>;
export async function nextEvent(
  tidings: Source,
  filter: EventFilter,
  options?: NextEventOptions,
): Promise<PositionedEvent>;
export async function nextEvent(
  tidings: Source,
  what: TypedDefinition | EventFilter,
  { withinMs = 2_000, after, ...narrower }: EventFilter & NextEventOptions = {},
): Promise<PositionedEvent> {
  const { db, registry, signals } = tidings;
  const asked = isEventDefinition(what)
    ? { ...narrower, lanes: narrower.lanes ?? [what.lane], types: [what] }
    : what;
  const account = asked.account ?? tidings.context().account;
  if (account === undefined) throw new TidingsError("ACCOUNT_MISSING");
  const matches = createMatcher(normalFilter(asked, account, registry));
  const sequencer = createSequencer(db, signals, () => undefined);
  const until = performance.now() + withinMs;

  const begun = after === undefined ? await beginning(db) : { position: after, snapshot: null };
  let { position } = begun;
  do {
    await sequencer.tick();
    const last = await lastPosition(db);
    while (position < last) {
      const run = await readAccountAfter(db, account, position, last, READ_AT_ONCE);
      for (const found of run.events.filter(matches)) {
        if (!(await wasRecordedBefore(db, found, begun))) return positionedEvent(found, registry);
      }
      position = run.scannedTo;
    }
    await passes(LOOK_EVERY_MS);
  } while (performance.now() < until);

  const wanted = isEventDefinition(what) ? what.type : "event that matches the filter";
  throw new AssertionError({
    message: `No ${wanted} got a position within ${withinMs} ms in account "${account}". ${await newest(tidings, account)}`,
    stackStartFn: nextEvent,
  });
}

interface Beginning {
  readonly position: number;
  /** Which transactions had committed by then; null where only the position counts. */
  readonly snapshot: string | null;
}

/**
 * The moment of the call. What was recorded before it may have no position yet, so a position alone does not tell what comes
 * next. One statement for both, and sent before anything is awaited: PGlite's one connection then does it ahead of a `record`
 * that follows in the same breath. On a server that has a connection of its own and may overtake, if ours is yet to be opened
 * (seen); the event that is waited for would count as an earlier one, so there the position has to do.
 */
async function beginning(db: Database): Promise<Beginning> {
  const [row] = await db.query<{ position: string; snapshot: string }>(
    "select last_position::text as position, pg_current_snapshot()::text as snapshot from tidings.sequencer_now",
  );
  return { position: Number(row!.position), snapshot: db.concurrent ? null : row!.snapshot };
}

async function wasRecordedBefore(
  db: Queryable,
  { account, lane, id }: StoredEvent,
  { snapshot }: Beginning,
): Promise<boolean> {
  if (snapshot === null) return false;
  const [row] = await db.query<{ before: boolean }>(
    `select pg_visible_in_snapshot(xid, $4::text::pg_snapshot) as before
       from tidings.events where account_id = $1 and lane = $2 and id = $3::uuid`,
    [account, lane, id, snapshot],
  );
  return row?.before === true;
}

/** What helps to find out why: the log's end. */
async function newest({ events }: Source, account: string): Promise<string> {
  const { items } = await events.list({ account, lanes, limit: 5 });
  if (items.length === 0) return "The account has no events.";
  return `Its newest events: ${items.map(({ type, subject }) => `${type} of ${subject.type}:${subject.id}`).join(", ")}.`;
}
