import type { Queryable } from "../db/database.ts";

// The slot that is furthest behind. The subscription's name is that of the fan-out.
const FANNED_OUT_TO = `
select coalesce(min(position), 0)::float8 as position from tidings.subscriptions where name = 'webhooks'`;

/**
 * Up to here every event has its deliveries, committed. Whoever makes deliveries of past events stays behind it: fan-out looks
 * for no earlier message of an event, so that two of them would give it two ids.
 */
export async function fannedOutTo(on: Queryable): Promise<number> {
  return (await on.query<{ position: number }>(FANNED_OUT_TO))[0]!.position;
}
