import { textArray, type Parameter, type Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";

/** An event that a subscription could not handle and set aside. */
export interface ParkedEvent {
  readonly subscription: string;
  readonly position: number;
  readonly slot: number;
  readonly account: string;
  readonly lane: Lane;
  readonly id: string;
  readonly type: string;
  readonly error: string;
  readonly attempts: number;
  readonly parkedAt: Date;
  readonly retryRequested: boolean;
}

interface ParkedRow {
  name: string;
  position: string;
  slot: number;
  account_id: string;
  lane: Lane;
  event_id: string;
  type: string;
  error: string;
  attempts: number;
  parked_ms: number;
  retry_requested: boolean;
}

const COLUMNS = `name, position::text, slot, account_id, lane, event_id::text, type, error, attempts,
       extract(epoch from parked_at)::float8 * 1000 as parked_ms, retry_requested`;

const LIST = `
select ${COLUMNS} from tidings.parked_events
 where name = $1 and position > $2::bigint order by position limit $3::int`;

/** In the order of the log, from after a position. */
export async function listParked(
  on: Queryable,
  name: string,
  after: number,
  limit: number,
): Promise<ParkedEvent[]> {
  return (await on.query<ParkedRow>(LIST, [name, String(after), limit])).map(parkedEvent);
}

const NEXT_RETRIES = `
select ${COLUMNS} from tidings.parked_events
 where name = $1 and slot = $2::int and retry_requested order by position limit $3::int`;

export async function nextRetries(
  on: Queryable,
  name: string,
  slot: number,
  limit: number,
): Promise<ParkedEvent[]> {
  return (await on.query<ParkedRow>(NEXT_RETRIES, [name, slot, limit])).map(parkedEvent);
}

const REQUEST_RETRY = `
update tidings.parked_events set retry_requested = true
 where name = $1 and ($2::text[] is null or position = any ($2::text[]::bigint[])) and not retry_requested
returning 1 as requested`;

/** Asks for another try of the given positions, or of all. Returns how many there are. */
export async function requestRetry(
  on: Queryable,
  name: string,
  positions: readonly number[] | null,
): Promise<number> {
  return (await on.query(REQUEST_RETRY, [name, positions && textArray(positions.map(String))])).length;
}

const CLAIM_RETRY = `
update tidings.parked_events set attempts = attempts + 1, retry_requested = false
 where name = $1 and position = $2::bigint and retry_requested
returning attempts`;

/**
 * Counts the try and takes the request back before it is made: an event that kills the process is tried once. Returns
 * which try it is, or null when another process was faster.
 */
export async function claimRetry(on: Queryable, parked: ParkedEvent): Promise<number | null> {
  const [row] = await on.query<{ attempts: number }>(CLAIM_RETRY, keyOf(parked));
  return row?.attempts ?? null;
}

const RETURN_RETRY = `
update tidings.parked_events set attempts = attempts - 1, retry_requested = true
 where name = $1 and position = $2::bigint`;

/** The try was given up because the process stops: another one shall make it. */
export async function returnRetry(on: Queryable, parked: ParkedEvent): Promise<void> {
  await on.query(RETURN_RETRY, keyOf(parked));
}

const NOTE_RETRY_FAILURE = `
update tidings.parked_events set error = $3, unreadable_version = case when $4::boolean then null else unreadable_version end
 where name = $1 and position = $2::bigint`;

/** One that was `readable` no longer says that events like it are not: see slotProgress.ts. */
export async function noteRetryFailure(
  on: Queryable,
  parked: ParkedEvent,
  { error, readable }: { readonly error: string; readonly readable: boolean },
): Promise<void> {
  await on.query(NOTE_RETRY_FAILURE, [...keyOf(parked), error, readable]);
}

const REMOVE = `delete from tidings.parked_events where name = $1 and position = $2::bigint returning 1 as removed`;

/** False: it is no longer there, somebody else handled it. Until the transaction ends nobody else can do this. */
export async function removeParked(on: Queryable, parked: ParkedEvent): Promise<boolean> {
  return (await on.query(REMOVE, keyOf(parked))).length === 1;
}

// Locked in the order of positions: two who discard the same events in other orders would deadlock.
const DISCARD = `
delete from tidings.parked_events
 where name = $1 and position in (
   select position from tidings.parked_events
    where name = $1 and ($2::text[] is null or position = any ($2::text[]::bigint[]))
    order by position for update)
returning 1 as discarded`;

/** Forgets the given positions, or all. A try under way is rolled back, or comes first. Returns how many there were. */
export async function discardParked(
  on: Queryable,
  name: string,
  positions: readonly number[] | null,
): Promise<number> {
  return (await on.query(DISCARD, [name, positions && textArray(positions.map(String))])).length;
}

function keyOf({ subscription, position }: ParkedEvent): Parameter[] {
  return [subscription, String(position)];
}

function parkedEvent(row: ParkedRow): ParkedEvent {
  return {
    subscription: row.name,
    position: Number(row.position),
    slot: row.slot,
    account: row.account_id,
    lane: row.lane,
    id: row.event_id,
    type: row.type,
    error: row.error,
    attempts: row.attempts,
    parkedAt: new Date(row.parked_ms),
    retryRequested: row.retry_requested,
  };
}
