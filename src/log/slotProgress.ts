import type { Database, Queryable } from "../db/database.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import { recordedAt } from "./eventId.ts";
import type { EventKey } from "./readEvents.ts";
import { isThere, type Place } from "./place.ts";
import type { Lease } from "./slotLease.ts";

// Every write below carries the token, which fences off a process that lost the lease; those that move the position carry the event
// there, too, so that the log is the one that was read. None moves the position back: when a connection breaks during COMMIT nobody
// knows whether it happened, and a process that believes that it did not would handle the batch again.

// A try of a whole batch says nothing about its first event alone: the count is of the tries of the same events.
const COUNT_ATTEMPT = `
update tidings.subscriptions
   set position = $4::bigint, attempts = case when tried_up_to = $5::bigint then attempts + 1 else 1 end,
       tried_up_to = $5::bigint, updated_at = now()
 where name = $1 and slot = $2::int and lease_token = $3::bigint and position <= $4::bigint and ${isThere("$5", "$6")}
returning attempts`;

/**
 * Counts a try of the events after `position`, up to another one, before it is made, so that one that kills the process
 * counts too. Null: see above.
 */
export async function countAttempt(
  db: Queryable,
  lease: Lease,
  position: number,
  upTo: Place,
): Promise<number | null> {
  const { name, slot, token } = lease;
  const parameters = [name, slot, token, String(position), String(upTo.position), upTo.id];
  const [row] = await db.query<{ attempts: number }>(COUNT_ATTEMPT, parameters);
  return row?.attempts ?? null;
}

// The row stays locked from here to the COMMIT that follows at once. Should the process freeze or lose its network in
// between, nobody could take the slot over: the server then ends the transaction when the lease would have ended.
const CHECKPOINT = `
update tidings.subscriptions
   set position = $4::bigint, attempts = 0, failing_since = null, retry_at = '-infinity', last_error = null, updated_at = now()
 where name = $1 and slot = $2::int and lease_token = $3::bigint and position < $4::bigint and ${isThere("$4", "$6")}
returning set_config('idle_in_transaction_session_timeout', $5, true) as checkpointed`;

/** Everything up to the place is done. False: the caller must roll back. */
export async function checkpoint(
  on: Queryable,
  { name, slot, token }: Lease,
  { position, id }: Place,
  leaseMs: number,
): Promise<boolean> {
  const parameters = [name, slot, token, String(position), `${Math.ceil(leaseMs)}ms`, id];
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
       (name, position, slot, account_id, lane, event_id, type, error, attempts, unreadable_version, waited_since)
values ($1, $2::bigint, $3::int, $4, $5, $6::uuid, $7, $8, $9::int, $10::int, now() - $11::float8 * interval '1 millisecond')
on conflict (name, position) do update
   set error = excluded.error, attempts = earlier.attempts + excluded.attempts, retry_requested = false,
       unreadable_version = excluded.unreadable_version, waited_since = excluded.waited_since`;

type ParkableEvent = EventKey & Pick<PositionedEvent, "type" | "version" | "position" | "problem">;

/**
 * Sets an event aside and moves on, both or neither. `waitedMs`: how long the slot stood still for somebody who can read it, null
 * where it did not. False: see above.
 */
export async function park(
  db: Database,
  lease: Lease,
  event: ParkableEvent,
  failure: { attempts: number; error: string; waitedMs: number | null },
  leaseMs: number,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await checkpoint(tx, lease, event, leaseMs))) return false;
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
      event.problem === null ? null : failure.waitedMs,
    ]);
    return true;
  });
}

// Of today only: a type that was given up once and is deployed again later is waited for again. The slot stood still for one event
// at a time, so that the times add up to what passed since this one was recorded.
const EARLIER_WAITS = `
select exists (select from tidings.parked_events
                where name = $1 and slot = $2::int and type = $3 and unreadable_version = $4::int
                  and parked_at > now() - interval '1 day') as alike,
       coalesce(sum(greatest(0, extract(epoch from parked_at - greatest(waited_since, to_timestamp($5::float8 / 1000))))), 0)::float8
         * 1000 as waited_ms
  from tidings.parked_events
 where name = $1 and slot = $2::int and waited_since is not null and unreadable_version is not null
   and parked_at > now() - interval '1 day'`;

/** What the parked events say about an unreadable one. */
export interface EarlierWaits {
  /** This slot lately waited in vain for somebody who can read events of this type and version. */
  readonly alike: boolean;
  /** So long it waited for others, in vain, while this event stood behind them. */
  readonly waitedMs: number;
}

/** The parked events say so and not this process's memory: a slot that moves, and each of many short processes, would wait anew. */
export async function earlierWaits(
  on: Queryable,
  lease: Lease,
  { id, type, version }: Pick<PositionedEvent, "id" | "type" | "version">,
): Promise<EarlierWaits> {
  const parameters = [lease.name, lease.slot, type, version, recordedAt(id)];
  const [row] = await on.query<{ alike: boolean; waited_ms: number }>(EARLIER_WAITS, parameters);
  return { alike: row!.alike, waitedMs: row!.waited_ms };
}
