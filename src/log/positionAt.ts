import type { Queryable } from "../db/database.ts";
import { keptPositions } from "./readPositions.ts";

/** Positions are given in the order of commits, ids in the order of writing: a transaction this long is still met. */
const MARGIN_MS = 15 * 60_000;
const NEIGHBOURS = 100;

/**
 * A position before everything that was recorded since `moment`, but not much before it: where a reader begins that
 * then filters by time. Halves the log about 30 times instead of searching it.
 */
export async function positionAt(on: Queryable, moment: Date): Promise<number> {
  const wanted = moment.getTime() - MARGIN_MS;
  const { first, last } = await keptPositions(on);
  let before = first - 1;
  let beyond = last;
  while (beyond - before > NEIGHBOURS) {
    const middle = Math.floor((before + beyond) / 2);
    if ((await newestAfter(on, middle)) < wanted) before = middle;
    else beyond = middle;
  }
  return before;
}

// The newest of several, because one event that waited long for its commit says nothing of its neighbours.
const NEWEST_AFTER = `
select max(('x' || left(replace(event_id::text, '-', ''), 12))::bit(48)::bigint)::float8 as ms
  from (select event_id from tidings.event_order where pos > $1::bigint order by pos limit ${NEIGHBOURS}) next`;

/** Milliseconds since 1970. */
async function newestAfter(on: Queryable, position: number): Promise<number> {
  const [row] = await on.query<{ ms: number | null }>(NEWEST_AFTER, [String(position)]);
  return row?.ms ?? Infinity;
}
