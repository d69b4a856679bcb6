import type { Queryable } from "../db/database.ts";
import type { SubscriptionState } from "./subscriptionStates.ts";

const NEXT_EVENT = `
select extract(epoch from clock_timestamp() - tidings.uuid7_time(event_id))::float8 * 1000 as age_ms
  from tidings.event_order where pos > $1::bigint order by pos limit 1`;

/** How long the first event after a slot's position has been there; 0 when there is none. */
export async function oldestWaitingMs(
  on: Queryable,
  { behind, position }: Pick<SubscriptionState, "behind" | "position">,
): Promise<number> {
  if (behind === 0) return 0;
  const [next] = await on.query<{ age_ms: number }>(NEXT_EVENT, [String(position)]);
  return Math.max(0, next?.age_ms ?? 0);
}
