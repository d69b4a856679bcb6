import type { Database, Queryable } from "../db/database.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import type { EventKey } from "./readEvents.ts";
import type { Lease } from "./slotLease.ts";

// Every write below carries the token, which fences off a process that lost the lease, and none moves the position
// back: when a connection breaks during COMMIT nobody knows whether it happened, and a process that believes that it
// did not would handle the batch again.

// A try of a whole batch says nothing about its first event alone: the count is of the tries of the same events.
const COUNT_ATTEMPT = `
update tidings.subscriptions
   set position = $4::bigint, attempts = case when tried_up_to = $5::bigint then attempts + 1 else 1 end,
       tried_up_to = $5::bigint, updated_at = now()
 where name = $1 and slot = $2::int and lease_token = $3::bigint and position <= $4::bigint
returning attempts`;

/**
 * Counts a try of the events after `position`, up to another one, before it is made, so that one that kills the process
 * counts too. Null: see above.
 */
export async function countAttempt(
  db: Queryable,
  lease: Lease,
  position: number,
  upTo: number,
): Promise<number | null> {
  const parameters = [lease.name, lease.slot, lease.token, String(position), String(upTo)];
  const [row] = await db.query<{ attempts: number }>(COUNT_ATTEMPT, parameters);
  return row?.attempts ?? null;
}

// The row stays locked from here to the COMMIT that follows at once. Should the process freeze or lose its network in
// between, nobody could take the slot over: the server then ends the transaction when the lease would have ended.
const CHECKPOINT = `
update tidings.subscriptions
   set position = $4::bigint, attempts = 0, failing_since = null, retry_at = '-infinity', last_error = null, updated_at = now()
 where name = $1 and slot = $2::int and lease_token = $3::bigint and position < $4::bigint
returning set_config('idle_in_transaction_session_timeout', $5, true) as checkpointed`;

/** Everything up to `position` is done. False: the caller must roll back. */
export async function checkpoint(
  on: Queryable,
  lease: Lease,
  position: number,
  leaseMs: number,
): Promise<boolean> {
  const parameters = [lease.name, lease.slot, lease.token, String(position), `${Math.ceil(leaseMs)}ms`];
  return (await on.query(CHECKPOINT, parameters)).length === 1;
}

const NOTE_FAILURE = `
update tidings.subscriptions
   set attempts = $4::int, failing_since = coalesce(failing_since, now()), last_error = $5, state = $7, updated_at = now(),
       retry_at = now() + $6::float8 * interval '1 millisecond'
 where name = $1 and slot = $2::int and lease_token = $3::bigint and position < $8::bigint
returning 1 as noted`;

/** Writes down that the event at `position` failed. False: see above. */
export async function noteFailure(
  db: Queryable,
  lease: Lease,
  position: number,
  failure: { attempts: number; error: string; retryInMs: number; stop: boolean },
): Promise<boolean> {
  const { attempts, error, retryInMs, stop } = failure;
  const noted = await db.query(NOTE_FAILURE, [
    lease.name,
    lease.slot,
    lease.token,
    attempts,
    error,
    retryInMs,
    stop ? "stopped" : "running",
    String(position),
  ]);
  return noted.length === 1;
}

const UNCOUNT_ATTEMPT = `
update tidings.subscriptions set attempts = attempts - 1
 where name = $1 and slot = $2::int and lease_token = $3::bigint and position < $4::bigint and attempts > 0`;

/** Takes a count back: the try was given up because the process stops, which is nobody's fault. */
export async function uncountAttempt(db: Queryable, lease: Lease, position: number): Promise<void> {
  await db.query(UNCOUNT_ATTEMPT, [lease.name, lease.slot, lease.token, String(position)]);
}

const PARK = `
insert into tidings.parked_events as earlier
       (name, position, slot, account_id, lane, event_id, type, error, attempts, unreadable_version)
values ($1, $2::bigint, $3::int, $4, $5, $6::uuid, $7, $8, $9::int, $10::int)
on conflict (name, position) do update
   set error = excluded.error, attempts = earlier.attempts + excluded.attempts, retry_requested = false,
       unreadable_version = excluded.unreadable_version`;

type ParkableEvent = EventKey & Pick<PositionedEvent, "type" | "version" | "position" | "problem">;

/** Sets an event aside and moves on, both or neither. False: see above. */
export async function park(
  db: Database,
  lease: Lease,
  event: ParkableEvent,
  failure: { attempts: number; error: string },
  leaseMs: number,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await checkpoint(tx, lease, event.position, leaseMs))) return false;
    await tx.query(PARK, [
      lease.name,
      String(event.position),
      lease.slot,
      event.account,
      event.lane,
      event.id,
      event.type,
      failure.error,
      failure.attempts,
      event.problem === null ? null : event.version,
    ]);
    return true;
  });
}

// Of today only: a type that was given up once and is deployed again later is waited for again.
const GAVE_UP = `
select 1 as gave_up from tidings.parked_events
 where name = $1 and slot = $2::int and type = $3 and unreadable_version = $4::int and parked_at > now() - interval '1 day'
 limit 1`;

/**
 * Whether this slot lately waited in vain for somebody who can read events of this type and version. The parked events say so
 * and not this process's memory: a slot that moves, and each of many short processes, would wait for all of them anew.
 */
export async function gaveUp(
  on: Queryable,
  lease: Lease,
  { type, version }: Pick<PositionedEvent, "type" | "version">,
): Promise<boolean> {
  return (await on.query(GAVE_UP, [lease.name, lease.slot, type, version])).length > 0;
}
