import type { Queryable } from "../db/database.ts";
import { HIGHEST, idFloor } from "./findEvents.ts";
import { keptPositions } from "./readPositions.ts";
import { straysIn } from "./strays.ts";

const NEIGHBOURS = 100;

/**
 * A position before everything that was recorded since `moment`, but not much before it: where a reader begins that
 * then filters by time. Halves the log about 30 times instead of searching it, and then looks for what the halving passed over:
 * an import that committed late gives many neighbours ids of long ago, and the moment seems to lie behind them.
 */
export async function positionAt(on: Queryable, moment: Date): Promise<number> {
  const low = idFloor(moment.getTime());
  const { first, last } = await keptPositions(on);
  let before = first - 1;
  let beyond = last;
  while (beyond - before > NEIGHBOURS) {
    const middle = Math.floor((before + beyond) / 2);
    if (await isBefore(on, middle, low)) before = middle;
    else beyond = middle;
  }
  const passedOver = { account: null, after: first - 1, upTo: before, low, high: HIGHEST };
  const [missed] = await straysIn(on, passedOver, 1);
  return missed ? missed.position - 1 : before;
}

// Of several, because one event that waited long for its commit says nothing of its neighbours.
const IS_BEFORE = `
select coalesce(bool_and(event_id < $2::uuid), false) as before
  from (select event_id from tidings.event_order where pos > $1::bigint order by pos limit ${NEIGHBOURS}) next`;

/** Whether all that comes next was recorded before what has the id `low`. */
async function isBefore(on: Queryable, position: number, low: string): Promise<boolean> {
  const [row] = await on.query<{ before: boolean }>(IS_BEFORE, [String(position), low]);
  return row!.before;
}
