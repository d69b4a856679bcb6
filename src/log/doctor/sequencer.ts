import type { Database, Queryable } from "../../db/database.ts";
import { renameSchema, schemaOf } from "../../db/schema.ts";
import { MOVED } from "../sequencerRow.ts";
import type { Finding } from "./finding.ts";
import { amount, duration } from "./words.ts";

/** A working sequencer numbers an event within a quarter of a second. */
const LATE_MS = 10_000;
/** Whoever ticks also sweeps once a minute; longer than two of those, and nobody does. */
const TICKING_MS = 150_000;
const COUNT_TO = 10_000;

interface SequencerRow {
  last_position: string;
  floor_seq: string;
  ticked_ms: number;
  swept_ms: number;
  moved: boolean;
  /** The last position there is; null: none. */
  numbered: string | null;
  conditions: string;
}

const STATE = `
select last_position::text, floor_seq::text,
       extract(epoch from clock_timestamp() - ticked_at)::float8 * 1000 as ticked_ms,
       extract(epoch from clock_timestamp() - swept_at)::float8 * 1000 as swept_ms,
       ${MOVED} as moved, (select max(pos) from tidings.event_order)::text as numbered,
       array_to_json(array(select tidings.became_visible(snapshot, pg_current_snapshot())))::text as conditions
  from tidings.sequencer_now`;

/** A snapshot of the future makes the next tick repair the log: every event without a position gets one, all others keep theirs. */
const ROW_ANEW =
  "insert into tidings.sequencer (last_position, snapshot, ticked_at, swept_at, sweep_from, sweep_position, sweep_next, sweep_next_pos) " +
  "select coalesce(max(pos), 0), '9000000000000:9000000000000:', '2000-01-01', now(), '1:1:', 0, '1:1:', 0 from tidings.event_order;";
const ROW_CAUGHT_UP =
  "update tidings.sequencer set last_position = greatest(last_position, (select max(pos) from tidings.event_order)), " +
  "snapshot = '9000000000000:9000000000000:', ticked_at = '2000-01-01';";

/** Whether events get their positions, and if not, what holds them. */
export async function examineSequencer(db: Database): Promise<Finding[]> {
  const [state] = await db.query<SequencerRow>(STATE);
  if (!state)
    return [finding("bad", "The sequencer's row is missing", renameSchema(ROW_ANEW, schemaOf(db)), {})];
  const numbered = Number(state.numbered ?? 0);
  const waiting = state.moved ? { count: 0, oldestMs: 0 } : await waitingEvents(db, state);
  const holder = await lockHolder(db);
  const lookedMs = Math.min(state.ticked_ms, state.swept_ms);
  const position = Number(state.last_position);
  const details = {
    position,
    numbered,
    waiting: waiting.count,
    oldestMs: Math.round(waiting.oldestMs),
    tickedMsAgo: Math.round(state.ticked_ms),
    sweptMsAgo: Math.round(state.swept_ms),
    moved: state.moved,
    lockHolder: holder && { ...holder },
  };
  if (numbered > position) {
    const given = `Positions up to ${numbered.toLocaleString("en-US")} are taken, and the sequencer's row goes on from ${position.toLocaleString("en-US")}`;
    return [
      finding(
        "bad",
        `${given} (data restored into tables that had their own row), so that every tick fails`,
        renameSchema(ROW_CAUGHT_UP, schemaOf(db)),
        details,
      ),
    ];
  }
  if (state.moved) {
    return [
      finding(
        "bad",
        "The log was moved to another cluster (a restored dump, a switch by logical replication) and gives no positions",
        "Start a worker of the app: it repairs the order by itself. A writer that stays open holds it up",
        details,
      ),
    ];
  }
  const eventsWithout = `${waiting.count > COUNT_TO ? "More than " : ""}${amount(Math.min(waiting.count, COUNT_TO), "event")} without a position`;
  if (waiting.count === 0 || waiting.oldestMs < LATE_MS) {
    const looked =
      lookedMs < TICKING_MS ? "" : `; no process has looked for new events for ${duration(lookedMs)}`;
    const all =
      waiting.count === 0
        ? "Every event has its position"
        : `${eventsWithout} for ${duration(waiting.oldestMs)}, which is not long`;
    const summary = `${all}, the last is ${position.toLocaleString("en-US")}${looked}`;
    return [finding("fine", summary, null, details)];
  }
  const late = `${eventsWithout}, the oldest for ${duration(waiting.oldestMs)}`;
  if (holder && (holder.openMs === null || holder.openMs > LATE_MS)) {
    const since =
      holder.openMs === null ? "" : ` in a transaction that is open for ${duration(holder.openMs)}`;
    return [
      finding(
        "bad",
        `${late}: process ${holder.pid} holds the sequencer's lock${since}`,
        `select pg_terminate_backend(${holder.pid});`,
        details,
      ),
    ];
  }
  if (lookedMs > TICKING_MS) {
    return [
      finding(
        "bad",
        `${late}: no process gives positions, the last one did ${duration(lookedMs)} ago`,
        "Start a worker: await tidings.start(), or call await tidings.work() from a cron job",
        details,
      ),
    ];
  }
  // Who looked before it was recorded could not number it: a cron job's `work()` ended, and the next one is yet to come.
  if (lookedMs > waiting.oldestMs) {
    return [
      finding(
        "warning",
        `${late}: no process has looked since, the last one did ${duration(lookedMs)} ago`,
        "Start a worker: await tidings.start(), or have the cron job call await tidings.work() more often",
        details,
      ),
    ];
  }
  return [
    finding(
      "warning",
      `${late}, although a process looked ${duration(lookedMs)} ago`,
      "If it stays so, look at the worker's signals loop.failed and sequencer.ticked",
      details,
    ),
  ];
}

function finding(
  status: Finding["status"],
  summary: string,
  fix: string | null,
  details: Finding["details"],
): Finding {
  return { check: "sequencer", status, summary, fix, details };
}

/** What the next tick and sweep would number, through the same index and counted no further than necessary. */
async function waitingEvents(
  on: Queryable,
  state: SequencerRow,
): Promise<{ count: number; oldestMs: number }> {
  const conditions = JSON.parse(state.conditions) as string[];
  const branches = conditions.map(
    (condition) => `(select account_id, lane, id from tidings.events e
      where seq > ${state.floor_seq} and ${condition}
        and not exists (select from tidings.event_order o
              where o.pos > ${state.last_position} and o.account_id = e.account_id and o.lane = e.lane and o.event_id = e.id)
      limit ${COUNT_TO + 1})`,
  );
  const [row] = await on.query<{ count: number; oldest_ms: number }>(
    `select count(*)::float8 as count,
            coalesce(extract(epoch from clock_timestamp() - tidings.uuid7_time(min(id::text)::uuid)) * 1000, 0)::float8 as oldest_ms
       from (${branches.join(" union all ")}) waiting`,
  );
  return { count: row!.count, oldestMs: Math.max(0, row!.oldest_ms) };
}

interface LockHolder {
  readonly pid: number;
  readonly application: string | null;
  readonly state: string | null;
  /** Null where the role may not see it. */
  readonly openMs: number | null;
}

// An advisory lock of 64 bits is shown as two halves.
const LOCK_HOLDER = `
select l.pid, a.application_name as application, a.state,
       extract(epoch from clock_timestamp() - a.xact_start)::float8 * 1000 as open_ms
  from pg_locks l left join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.pid <> pg_backend_pid()
   and l.database = (select oid from pg_database where datname = current_database())
   and (l.classid::bigint << 32) | l.objid::bigint = hashtextextended('tidings.sequencer', 0)
 limit 1`;

/** Whoever ticks at this moment, normally for milliseconds. */
async function lockHolder(on: Queryable): Promise<LockHolder | null> {
  const [row] = await on.query<{
    pid: number;
    application: string | null;
    state: string | null;
    open_ms: number | null;
  }>(LOCK_HOLDER);
  return row
    ? {
        pid: row.pid,
        application: row.application,
        state: row.state,
        openMs: row.open_ms === null ? null : Math.round(row.open_ms),
      }
    : null;
}
