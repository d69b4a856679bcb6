import type { Database, Queryable } from "../db/database.ts";
import type { EventKey } from "./readEvents.ts";

/** One slot of a subscription, leased by this process. */
export interface Lease {
  readonly name: string;
  readonly slot: number;
  /** Fences: every later write carries it, so that a process that lost the lease cannot commit. */
  readonly token: string;
}

/** What the slot's row said when it was leased. */
export interface SlotState {
  readonly position: number;
  /** The last event of the latest try: up to here it failed, or its process died. */
  readonly triedUpTo: number;
  /** Milliseconds since the first failure of the event at hand, or null. */
  readonly failingForMs: number | null;
  /** Milliseconds until the next try is due; zero or less means now. */
  readonly retryInMs: number;
  readonly lastError: string | null;
}

const CREATE_SLOT = `
insert into tidings.subscriptions (name, slot, slots, position)
values ($1, $2::int, $3::int, $4::bigint)
on conflict (name, slot) do nothing`;

/** Makes the rows of a subscription that has none. Returns how many slots it has, which may not be what was asked. */
export async function createSlots(
  db: Database,
  name: string,
  slots: number,
  position: number,
): Promise<number> {
  return db.transaction(async (tx) => {
    const create = (slot: number) => tx.query(CREATE_SLOT, [name, slot, slots, String(position)]);
    // The first row decides: of two processes that start at once with different numbers, one waits for it here.
    await create(0);
    const stored = (await storedSlots(tx, name))!;
    for (let slot = 1; stored === slots && slot < slots; slot++) await create(slot);
    return stored;
  });
}

export async function storedSlots(on: Queryable, name: string): Promise<number | null> {
  const [row] = await on.query<{ slots: number }>(
    "select slots from tidings.subscriptions where name = $1 and slot = 0",
    [name],
  );
  return row?.slots ?? null;
}

// A lease of ours is taken anew too: after an error the row is the truth, not what this process remembers.
const TAKE_LEASE = `
update tidings.subscriptions
   set lease_owner = $3, lease_token = lease_token + 1, lease_until = now() + $4::int * interval '1 millisecond'
 where name = $1 and slot = $2::int and state = 'running' and (lease_until < now() or lease_owner = $3)
returning lease_token::text as token, position::text, tried_up_to::text, last_error,
          extract(epoch from now() - failing_since)::float8 * 1000 as failing_ms,
          greatest(0, extract(epoch from nullif(retry_at, '-infinity') - now()))::float8 * 1000 as retry_ms`;

interface SlotRow {
  token: string;
  position: string;
  tried_up_to: string;
  last_error: string | null;
  failing_ms: number | null;
  retry_ms: number | null;
}

/** Takes the slot if nobody holds it. Null: another process does, or the subscription is stopped. */
export async function takeLease(
  db: Queryable,
  name: string,
  slot: number,
  owner: string,
  leaseMs: number,
): Promise<{ lease: Lease; state: SlotState } | null> {
  const [row] = await db.query<SlotRow>(TAKE_LEASE, [name, slot, owner, leaseMs]);
  return row
    ? {
        lease: { name, slot, token: row.token },
        state: {
          position: Number(row.position),
          triedUpTo: Number(row.tried_up_to),
          failingForMs: row.failing_ms,
          retryInMs: row.retry_ms ?? 0,
          lastError: row.last_error,
        },
      }
    : null;
}

const RENEW_LEASE = `
update tidings.subscriptions set lease_until = now() + $4::int * interval '1 millisecond'
 where name = $1 and slot = $2::int and lease_token = $3::bigint
returning 1 as renewed`;

/** False: the lease is lost. */
export async function renewLease(db: Queryable, lease: Lease, leaseMs: number): Promise<boolean> {
  return (await db.query(RENEW_LEASE, [lease.name, lease.slot, lease.token, leaseMs])).length === 1;
}

// By owner, not by token: an error may have made this process forget a lease that it still holds.
const RELEASE_LEASE = `
update tidings.subscriptions
   set lease_owner = null, lease_until = '-infinity', position = greatest(position, $4::bigint)
 where name = $1 and slot = $2::int and lease_owner = $3`;

/** Lets others have the slot, from `position` on. */
export async function releaseLease(
  db: Queryable,
  name: string,
  slot: number,
  owner: string,
  position: number,
): Promise<void> {
  await db.query(RELEASE_LEASE, [name, slot, owner, String(position)]);
}

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
insert into tidings.parked_events as earlier (name, position, slot, account_id, lane, event_id, type, error, attempts)
values ($1, $2::bigint, $3::int, $4, $5, $6::uuid, $7, $8, $9::int)
on conflict (name, position) do update
   set error = excluded.error, attempts = earlier.attempts + excluded.attempts, retry_requested = false`;

/** Sets an event aside and moves on, both or neither. False: see above. */
export async function park(
  db: Database,
  lease: Lease,
  event: EventKey & { type: string; position: number },
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
    ]);
    return true;
  });
}
