import type { Database, Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { Signals } from "../signals.ts";
import { LAST_RETRY_MS } from "./afterFailure.ts";
import { isThere, type Place } from "./place.ts";

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

/** This process's hold on one slot: taken, renewed by itself while it is held, lost or given back. */
export interface SlotLease {
  /** Undefined when it is not held, as far as this process knows: only the token in the row decides. */
  held(): Lease | undefined;
  /** Aborted when the lease is lost or the process stops. */
  signal(): AbortSignal;
  take(): Promise<SlotState | null>;
  /** Forgets the lease without a word: what this process remembers may be wrong, and `take` tells the truth. */
  forget(): void;
  /** Another process has it: tells the handler and the world. */
  lose(): void;
  /** Tells the handler that the process stops, for good; the lease stays until `release`. */
  stop(): void;
  release(place: Place): Promise<void>;
}

export interface SlotLeaseOptions {
  readonly db: Database;
  readonly signals: Signals;
  readonly name: string;
  readonly slot: number;
  /** Names this process. */
  readonly owner: string;
  readonly leaseMs: number;
}

export function createSlotLease({ db, signals, name, slot, owner, leaseMs }: SlotLeaseOptions): SlotLease {
  let lease: Lease | undefined;
  let aborting = new AbortController();
  let renewal: NodeJS.Timeout | undefined;
  let stopping = false;

  /** Beside the handler, on another connection: also a handler that takes minutes keeps its slot. */
  async function renew(): Promise<void> {
    const renewed = lease;
    if (renewed === undefined) return;
    // A failing database says nothing about the lease. If it lasts, the next write finds out.
    const kept = await renewLease(db, renewed, leaseMs).catch(() => true);
    if (!kept && lease === renewed) lose();
  }

  function forget(): void {
    clearInterval(renewal);
    lease = undefined;
  }

  function lose(): void {
    if (lease === undefined) return;
    forget();
    aborting.abort(new TidingsError("LEASE_LOST"));
    signals.emit("subscription.lease_lost", { name, slot });
  }

  return {
    held: () => lease,
    signal: () => aborting.signal,
    take: async () => {
      const taken = await takeLease(db, name, slot, owner, leaseMs);
      if (taken === null) return null;
      forget();
      ({ lease } = taken);
      aborting = new AbortController();
      if (stopping) aborting.abort(new TidingsError("STOPPED"));
      renewal = setInterval(() => void renew(), leaseMs / 3);
      renewal.unref();
      return taken.state;
    },
    forget,
    lose,
    stop: () => {
      stopping = true;
      aborting.abort(new TidingsError("STOPPED"));
    },
    release: async (place) => {
      forget();
      await releaseLease(db, name, slot, owner, place);
    },
  };
}

/** How much longer than our own the lease of another process may be, where their settings differ: during a deploy. */
export const LONGER_LEASE_MS = 600_000;

// A lease of ours is taken anew too: after an error the row is the truth, not what this process remembers. One that lies further
// ahead than any is long was given before the database's clock was set back: its process renews it, or is dead, and then nobody
// would have the slot until the clock is there again. Where it lives its token has passed, and it commits nothing.
const TAKE_LEASE = `
update tidings.subscriptions
   set lease_owner = $3, lease_token = lease_token + 1, lease_until = now() + $4::int * interval '1 millisecond'
 where name = $1 and slot = $2::int and state = 'running'
   and (lease_until < now() or lease_owner = $3
        or lease_until > now() + ($4::float8 + ${LONGER_LEASE_MS}) * interval '1 millisecond')
returning lease_token::text as token, position::text, tried_up_to::text, last_error,
          case when failing_since is not null then greatest(0, extract(epoch from now() - failing_since)) end::float8 * 1000 as failing_ms,
          least(${LAST_RETRY_MS}, greatest(0, extract(epoch from nullif(retry_at, '-infinity') - now())) * 1000)::float8 as retry_ms`;

interface SlotRow {
  token: string;
  position: string;
  tried_up_to: string;
  last_error: string | null;
  failing_ms: number | null;
  retry_ms: number | null;
}

/** Takes the slot if nobody holds it. Null: another process does, or the subscription is stopped. */
async function takeLease(
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

// Only while it has an owner: a renewal under way may arrive after the release, and would hold a slot that nobody works on.
const RENEW_LEASE = `
update tidings.subscriptions set lease_until = now() + $4::int * interval '1 millisecond'
 where name = $1 and slot = $2::int and lease_token = $3::bigint and lease_owner is not null
returning 1 as renewed`;

/** False: the lease is lost. */
async function renewLease(db: Queryable, lease: Lease, leaseMs: number): Promise<boolean> {
  return (await db.query(RENEW_LEASE, [lease.name, lease.slot, lease.token, leaseMs])).length === 1;
}

// By owner, not by token: an error may have made this process forget a lease that it still holds. Where the event is not known, the
// position that the row has is right, or a little behind.
const RELEASE_LEASE = `
update tidings.subscriptions
   set lease_owner = null, lease_until = '-infinity',
       position = case when $5::uuid is not null and ${isThere("$4", "$5")} then greatest(position, $4::bigint) else position end
 where name = $1 and slot = $2::int and lease_owner = $3`;

/** Lets others have the slot, from its place on. */
async function releaseLease(
  db: Queryable,
  name: string,
  slot: number,
  owner: string,
  { position, id }: Place,
): Promise<void> {
  await db.query(RELEASE_LEASE, [name, slot, owner, String(position), id]);
}
