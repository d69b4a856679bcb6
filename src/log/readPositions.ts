import type { Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import { readEvents } from "./readEvents.ts";
import { ofSequencer } from "./sequencerRow.ts";
import { EVENT_COLUMNS, storedEvent } from "./storedEvent.ts";
import type { EventColumns, NullableEventColumns, StoredEvent } from "./storedEvent.ts";

/** A stored event with its place in the dense order. */
export interface PositionedStoredEvent extends StoredEvent {
  readonly position: number;
}

export interface PositionedRun {
  readonly events: readonly PositionedStoredEvent[];
  /** Everything up to here was looked at: the cursor for the next read. */
  readonly scannedTo: number;
  /** True when the limit was reached: there may be more. */
  readonly more: boolean;
}

/** A position, and the columns of its event. */
export type PositionedColumns = { position: string } & NullableEventColumns;

interface OrderRow {
  position: string;
  account_id: string;
  lane: Lane;
  event_id: string;
}

/** A run, and what tells whether it goes on from the log that its reader knows. */
export interface ContinuedRun extends PositionedRun {
  /** The id of the event at the position that was asked for; null where nothing comes after it, or retention has taken it. */
  readonly afterId: string | null;
}

// See 0010_live.sql: positions and their events at once. The id, looked up once, rides in the first row.
const ALL_AFTER = `
select e.pos::text as position, ${EVENT_COLUMNS},
       case when e.pos = $1::bigint + 1 then (select event_id::text from tidings.event_order where pos = $1::bigint) end as after_id
  from (select pos, (event).* from tidings.events_after($1::bigint, $2::int)) e order by e.pos`;

const OF_ACCOUNT_AFTER = `
select pos::text as position, account_id, lane, event_id::text
  from tidings.event_order where account_id = $3 and pos > $1::bigint and pos <= $4::bigint order by pos limit $2::int`;

/** The events of all accounts after a position, in order: for subscriptions and the process's one live reader. */
export async function readAfter(on: Queryable, after: number, limit: number): Promise<ContinuedRun> {
  type Columns = PositionedColumns & { after_id: string | null };
  const rows = await on.query<Columns>(ALL_AFTER, [String(after), limit], { prepare: true });
  return {
    events: positionedRows(rows),
    scannedTo: Number(rows.at(-1)?.position ?? after),
    more: rows.length === limit,
    afterId: rows[0]?.after_id ?? null,
  };
}

/** The events of one account after a position and up to another, in order. */
export async function readAccountAfter(
  on: Queryable,
  account: string,
  after: number,
  upTo: number,
  limit: number,
): Promise<PositionedRun> {
  const rows = await on.query<OrderRow>(OF_ACCOUNT_AFTER, [String(after), limit, account, String(upTo)]);
  const more = rows.length === limit;
  const events = await readEvents(
    on,
    rows.map((row) => ({ account: row.account_id, lane: row.lane, id: row.event_id })),
  );
  const positions = new Map(rows.map((row) => [row.event_id, Number(row.position)]));
  return {
    // Here too positions of events that retention has taken are passed over.
    events: events.map((event) => positioned(event, positions.get(event.id)!)),
    scannedTo: more ? Number(rows.at(-1)!.position) : upTo,
    more,
  };
}

/** Events whose partition retention has dropped are no longer there; their positions are passed over. */
export function positionedRows(rows: readonly PositionedColumns[]): PositionedStoredEvent[] {
  return rows.flatMap((row) =>
    row.id === null ? [] : [positioned(storedEvent(row as EventColumns), Number(row.position))],
  );
}

/** A copy with `{ ...event, position }` would be slower, and hard on the garbage collector: see `recordedEvent`. */
export function positioned(justRead: StoredEvent, position: number): PositionedStoredEvent {
  return Object.assign(justRead, { position });
}

/** The last position given. */
export async function lastPosition(on: Queryable): Promise<number> {
  const rows = await on.query<{ position: string }>(
    "select last_position::text as position from tidings.sequencer_now",
  );
  return Number(ofSequencer(rows).position);
}

/** Where the log ends and with which event, and the event that has another position, as of one moment. */
export interface EndOfLog {
  readonly last: number;
  /** Null where the log is empty, or retention has taken it. */
  readonly lastId: string | null;
  readonly idThere: string | null;
}

/** Asks for the end of the log, and what is at `there`. */
export async function endOfLog(on: Queryable, there: number): Promise<EndOfLog> {
  const rows = await on.query<{ last: string; last_id: string | null; id_there: string | null }>(
    `select last_position::text as last,
            (select event_id::text from tidings.event_order where pos = last_position) as last_id,
            (select event_id::text from tidings.event_order where pos = $1::bigint) as id_there
       from tidings.sequencer_now`,
    [String(there)],
  );
  const { last, last_id, id_there } = ofSequencer(rows);
  return { last: Number(last), lastId: last_id, idThere: id_there };
}

/** Which positions are kept, as of one moment: `first` is one beyond `last` when none is. */
export async function keptPositions(
  on: Queryable,
): Promise<{ readonly first: number; readonly last: number }> {
  const rows = await on.query<{ first: string; last: string }>(
    `select last_position::text as last,
            coalesce((select min(pos) from tidings.event_order), last_position + 1)::text as first
       from tidings.sequencer_now`,
  );
  const { first, last } = ofSequencer(rows);
  return { first: Number(first), last: Number(last) };
}
