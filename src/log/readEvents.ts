import { textArray, type Queryable } from "../db/database.ts";
import { lanes, type Lane } from "../events/defineEvent.ts";
import { EVENT_COLUMNS, storedEvent, type EventColumns, type StoredEvent } from "./storedEvent.ts";

/** What names an event everywhere: account, lane and id together. */
export interface EventKey {
  readonly account: string;
  readonly lane: Lane;
  readonly id: string;
}

/**
 * Fetches events by key, in the order of the keys; keys without an event are left out.
 *
 * One LATERAL look-up an event, so that each opens one partition; one branch a lane with the lane and the smallest and
 * largest id as literals, so that the planner need not consider the others (50 rows over 36 months × 4 lanes: 2.7 ms
 * against 45 ms as a plain join).
 */
export async function readEvents(on: Queryable, keys: readonly EventKey[]): Promise<StoredEvent[]> {
  if (keys.length === 0) return [];
  const byLane = lanes
    .map((lane) => keys.filter((key) => key.lane === lane))
    .filter((wanted) => wanted.length > 0);
  const branches = byLane.map((wanted, index) => lookUp(wanted, index * 2));
  const parameters = byLane.flatMap((wanted) => [
    textArray(wanted.map((key) => key.account)),
    textArray(wanted.map((key) => key.id)),
  ]);
  const rows = await on.query<EventColumns>(branches.join("\nunion all\n"), parameters);
  const found = new Map(rows.map((row) => [row.account_id + row.id, row]));
  return keys.flatMap((key) => {
    const row = found.get(key.account + key.id);
    return row ? [storedEvent(row)] : [];
  });
}

function lookUp(keys: readonly EventKey[], parametersBefore: number): string {
  const ids = keys.map((key) => key.id).sort();
  return `select e.* from unnest($${parametersBefore + 1}::text[], $${parametersBefore + 2}::uuid[]) wanted (account_id, id)
 cross join lateral (
   select ${EVENT_COLUMNS}
     from tidings.events e
    where e.account_id = wanted.account_id and e.lane = '${keys[0]!.lane}' and e.id = wanted.id
      and e.id between '${uuid(ids[0]!)}' and '${uuid(ids.at(-1)!)}') e`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Literals are written into the SQL only after a check that leaves no room for anything else. */
export function uuid(text: string): string {
  if (!UUID.test(text)) throw new RangeError(`not a UUID: ${JSON.stringify(text)}`);
  return text;
}
