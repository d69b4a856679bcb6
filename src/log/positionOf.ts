import type { Queryable } from "../db/database.ts";
import type { EventKey } from "./readEvents.ts";

const POSITION = `
select pos::text as position from tidings.event_order where event_id = $1::uuid and account_id = $2`;

/** The position of one event. Null for one that was recorded a moment ago and has none yet, or that retention has taken. */
export async function positionOf(
  on: Queryable,
  { account, id }: Pick<EventKey, "account" | "id">,
): Promise<number | null> {
  const [row] = await on.query<{ position: string }>(POSITION, [id, account]);
  return row ? Number(row.position) : null;
}
