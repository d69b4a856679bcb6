import { textArray, type Queryable } from "../db/database.ts";
import { checkSerializable, type Json } from "../events/serializable.ts";
import { lengthOfHistory, type HistoryOf } from "./history.ts";

export interface SnapshotOptions {
  /** Of the fold: 1 to 100 characters. */
  readonly name: string;
  /** Raised whenever the reducer changes: snapshots of other versions are not looked at. Default 1. */
  readonly version?: number | undefined;
  /** Keeps the state after so many new events. Default 500: folding them takes about 20 ms. */
  readonly every?: number | undefined;
}

/** A state, and which events are in it. */
export interface Snapshot {
  readonly state: Json;
  /** The last one by id. */
  readonly eventId: string;
  /** The highest of them. */
  readonly seq: number;
  readonly events: number;
  /** How many events lay on the entity's timeline up to the last one. */
  readonly length: number;
}

const READ = `
select state::text, event_id::text, seq::float8 as seq, events::float8 as events, length::float8 as length
  from tidings.snapshots
 where account_id = $1 and entity = $2 and name = $3 and version = $4::int and lanes = $5::text[]`;

interface SnapshotRow {
  state: string;
  event_id: string;
  seq: number;
  events: number;
  length: number;
}

/** The state kept last, unless its history has changed: by an event that was written before and committed after it. */
export async function readSnapshot(
  on: Queryable,
  of: HistoryOf,
  { name, version = 1 }: SnapshotOptions,
): Promise<Snapshot | null> {
  const [row] = await on.query<SnapshotRow>(READ, [
    of.account,
    of.entity,
    name,
    version,
    textArray(of.lanes),
  ]);
  if (!row) return null;
  // Fewer than there were: retention took them, and the state still knows them.
  if ((await lengthOfHistory(on, of, row.event_id)) > row.length) return null;
  const { seq, events, length, event_id: eventId } = row;
  return { state: JSON.parse(row.state) as Json, eventId, seq, events, length };
}

const WRITE = `
insert into tidings.snapshots as kept (account_id, entity, name, version, lanes, event_id, seq, events, length, state)
values ($1, $2, $3, $4::int, $5::text[], $6::uuid, $7::bigint, $8::bigint, $9::bigint, $10::text::jsonb)
on conflict (account_id, entity, name, version) do update
   set lanes = excluded.lanes, event_id = excluded.event_id, seq = excluded.seq, events = excluded.events,
       length = excluded.length, state = excluded.state, taken_at = excluded.taken_at`;

/** Keeps a state. Throws UNSERIALIZABLE for one that would not come back as it is. */
export async function writeSnapshot(
  on: Queryable,
  of: HistoryOf,
  { name, version = 1 }: SnapshotOptions,
  { state, eventId, seq, events, length }: Omit<Snapshot, "state"> & { readonly state: unknown },
): Promise<void> {
  checkSerializable(state, ["state"]);
  await on.query(WRITE, [
    of.account,
    of.entity,
    name,
    version,
    textArray(of.lanes),
    eventId,
    String(seq),
    String(events),
    String(length),
    JSON.stringify(state),
  ]);
}
