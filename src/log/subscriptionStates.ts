import { textArray, type Queryable } from "../db/database.ts";
import { LAST_RETRY_MS } from "./afterFailure.ts";

/** How one slot of a subscription is doing. */
export interface SubscriptionState {
  readonly name: string;
  readonly slot: number;
  readonly slots: number;
  readonly position: number;
  /** How many positions lie before the end of the log. */
  readonly behind: number;
  /** `waiting`: the last try failed and the next one has its time. `idle`: no process runs it. */
  readonly state: "running" | "waiting" | "stopped" | "idle";
  readonly owner: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly failingSince: Date | null;
  readonly retryAt: Date | null;
  /** Events set aside by the whole subscription. */
  readonly parked: number;
}

interface StateRow {
  name: string;
  slot: number;
  slots: number;
  position: string;
  last_position: string;
  state: string;
  leased: boolean;
  lease_owner: string | null;
  attempts: number;
  last_error: string | null;
  failing_ms: number | null;
  retry_ms: number | null;
  parked: string;
}

// No wait is longer than LAST_RETRY_MS: a time beyond was written before the database's clock was set back.
const STATES = `
select s.name, s.slot, s.slots, s.position::text, q.last_position::text, s.state, s.lease_until > now() as leased,
       s.lease_owner, s.attempts, s.last_error,
       extract(epoch from s.failing_since)::float8 * 1000 as failing_ms,
       extract(epoch from case when s.retry_at > now() then least(s.retry_at, now() + ${LAST_RETRY_MS} * interval '1 millisecond') end)::float8 * 1000
         as retry_ms,
       (select count(*) from tidings.parked_events p where p.name = s.name)::text as parked
  from tidings.subscriptions s cross join tidings.sequencer_now q
 order by s.name, s.slot`;

export async function readSubscriptionStates(on: Queryable): Promise<SubscriptionState[]> {
  const rows = await on.query<StateRow>(STATES);
  return rows.map((row) => ({
    name: row.name,
    slot: row.slot,
    slots: row.slots,
    position: Number(row.position),
    behind: Math.max(0, Number(row.last_position) - Number(row.position)),
    state:
      row.state === "stopped"
        ? "stopped"
        : !row.leased
          ? "idle"
          : row.retry_ms !== null
            ? "waiting"
            : "running",
    owner: row.leased ? row.lease_owner : null,
    attempts: row.attempts,
    lastError: row.last_error,
    failingSince: row.failing_ms === null ? null : new Date(row.failing_ms),
    retryAt: row.retry_ms === null ? null : new Date(row.retry_ms),
    parked: Number(row.parked),
  }));
}

// Slots that are not stopped stay as they are: their process holds their truth.
const RESUME = `
update tidings.subscriptions
   set state = 'running',
       attempts = case when state = 'stopped' then 0 else attempts end,
       retry_at = case when state = 'stopped' then '-infinity' else retry_at end,
       failing_since = case when state = 'stopped' then null else failing_since end
 where name = $1
returning 1 as resumed`;

/** Lets stopped slots try again. False: no subscription has this name. */
export async function resumeSubscription(on: Queryable, name: string): Promise<boolean> {
  return (await on.query(RESUME, [name])).length > 0;
}

const COUNT_CAUGHT_UP = `
select count(*)::int as caught_up
  from tidings.subscriptions
 where name || ' ' || slot = any ($1::text[]) and lease_until > now() and position >= $2::bigint and attempts = 0`;

/** How many of these slots somebody holds and has brought up to `position`. */
export async function countCaughtUp(
  on: Queryable,
  slots: readonly { readonly name: string; readonly slot: number }[],
  position: number,
): Promise<number> {
  const names = textArray(slots.map(({ name, slot }) => `${name} ${slot}`));
  const [row] = await on.query<{ caught_up: number }>(COUNT_CAUGHT_UP, [names, String(position)]);
  return row!.caught_up;
}
