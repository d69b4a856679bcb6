import { textArray, type Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import { recordedAt } from "./eventId.ts";
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

/** Some columns of the events with these keys, in no order. The keys go in runs, see `tidings.events_by_key` (0004_reads.sql). */
export async function readColumns<Row extends object>(
  on: Queryable,
  columns: string,
  keys: readonly EventKey[],
): Promise<Row[]> {
  if (keys.length === 0) return [];
  const sorted = keys.toSorted(byLaneAndId);
  const months = sorted.map(({ id }) => monthOf(id));
  const ends = sorted.flatMap(({ lane }, index) => {
    const next = index + 1;
    return sorted[next]?.lane === lane && months[next] === months[index] ? [] : [String(next)];
  });
  return on.query<Row>(
    `select ${columns} from tidings.events_by_key($1::text[], $2::text[], $3::uuid[], $4::integer[]) e`,
    [
      textArray(sorted.map((key) => key.lane)),
      textArray(sorted.map((key) => key.account)),
      textArray(sorted.map((key) => key.id)),
      textArray(ends),
    ],
    { prepare: true },
  );
}

function byLaneAndId(a: EventKey, b: EventKey): number {
  if (a.lane !== b.lane) return a.lane < b.lane ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Events of different months lie in different partitions. */
function monthOf(id: string): number {
  const date = new Date(recordedAt(id));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
