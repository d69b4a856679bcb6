import { textArray, type Queryable } from "../db/database.ts";
import { lanes, type Lane } from "../events/defineEvent.ts";
import { isEventId } from "./eventId.ts";
import { EVENT_COLUMNS, storedEvent, type EventColumns, type StoredEvent } from "./storedEvent.ts";

/** What names an event everywhere: account, lane and id together. */
export interface EventKey {
  readonly account: string;
  readonly lane: Lane;
  readonly id: string;
}

/** Fetches events by key, in the order of the keys; keys without an event are left out. */
export async function readEvents(on: Queryable, keys: readonly EventKey[]): Promise<StoredEvent[]> {
  const rows = await readColumns<EventColumns>(on, EVENT_COLUMNS, keys);
  const found = new Map(rows.map((row) => [row.account_id + row.id, row]));
  return keys.flatMap((key) => {
    const row = found.get(key.account + key.id);
    return row ? [storedEvent(row)] : [];
  });
}

/**
 * Some columns of the events with these keys, in no order. One call a lane of `tidings.events_of_lane`, which looks each
 * event up in its own partition (see 0004_reads.sql).
 */
export async function readColumns<Row extends object>(
  on: Queryable,
  columns: string,
  keys: readonly EventKey[],
): Promise<Row[]> {
  if (keys.length === 0) return [];
  const byLane = lanes
    .map((lane) => keys.filter((key) => key.lane === lane).toSorted(byId))
    .filter((wanted) => wanted.length > 0);
  const branches = byLane.map(
    (wanted, index) => `select ${columns}
  from tidings.events_of_lane('${wanted[0]!.lane}', $${index * 2 + 1}::text[], $${index * 2 + 2}::uuid[]) e`,
  );
  const parameters = byLane.flatMap((wanted) => [
    textArray(wanted.map((key) => key.account)),
    textArray(wanted.map((key) => key.id)),
  ]);
  return on.query<Row>(branches.join("\nunion all\n"), parameters);
}

const byId = (a: EventKey, b: EventKey): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Literals are written into the SQL only after a check that leaves no room for anything else. */
export function uuid(text: string): string {
  if (!isEventId(text)) throw new RangeError(`not a UUID: ${JSON.stringify(text)}`);
  return text;
}
