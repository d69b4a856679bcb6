import type { Database, Queryable } from "../db/database.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { lanes, type Lane } from "../events/defineEvent.ts";
import type { Signals } from "../signals.ts";

/** One lane's events of a month, or the timeline rows of a quarter. */
export interface Partition {
  readonly table: "events" | "timeline";
  /** Null: of all lanes, as in timeline. */
  readonly lane: Lane | null;
  readonly name: string;
  /** PostgreSQL's own words: `FOR VALUES FROM (…) TO (…)`. */
  readonly bounds: string;
  readonly bytes: number;
}

/** Timelines are read over all of history and in every lane: their partitions hold more (ADR 0012). */
export const PARTITIONED = [
  { table: "events", idColumn: "id", lanes, months: 1 },
  { table: "timeline", idColumn: "event_id", lanes: [null], months: 3 },
] as const;

/** Months, or quarters, that stand ready beyond the present one. */
const PERIODS_AHEAD = 1;

/**
 * Closes open partitions at the ends of the coming months or quarters, while they are still empty, so that each has its
 * own. Takes a short exclusive lock: writers wait for at most `lockTimeoutMs`. False: a lock was not to be had in that time,
 * and nothing more was tried, because whoever holds it holds the other partitions too. Try again in a while.
 */
export async function createPartitionsAhead(
  db: Database,
  signals: Signals,
  lockTimeoutMs = 500,
): Promise<boolean> {
  const tails = await openPartitions(db);
  for (const { table, idColumn, lanes: ofTable, months } of PARTITIONED) {
    for (const lane of ofTable) {
      const tail = tails.find((partition) => partition.table === table && partition.lane === lane);
      for (const until of tail ? missingBounds(tail, months) : []) {
        const outcome = await splitTail(db, { table, idColumn, lane, until, lockTimeoutMs });
        if (outcome === "locked") return false;
        if (outcome === "split") signals.emit("partition.split", { table, lane, until: until.toISOString() });
      }
    }
  }
  return true;
}

/** The ends after an open partition's beginning, up to the one that shall stand ready. */
function missingBounds(tail: OpenPartition, months: number): Date[] {
  // From the present period's end: periods that passed while nobody split are closed as one.
  return Array.from({ length: 1 + PERIODS_AHEAD }, (_, ahead) =>
    periodEnd(tail.now_ms, months, ahead),
  ).filter((bound) => bound.getTime() > tail.from_ms);
}

/** Where a table's open partitions begin when all is prepared. */
export function preparedUntil(table: Partition["table"], moment: number): Date {
  const { months } = PARTITIONED.find((partitioned) => partitioned.table === table)!;
  return periodEnd(moment, months, PERIODS_AHEAD);
}

/** Where the month or quarter ends that a moment lies in, or one of those ahead of it. */
function periodEnd(moment: number, months: number, ahead: number): Date {
  const date = new Date(moment);
  const first = date.getUTCMonth() - (date.getUTCMonth() % months);
  return new Date(Date.UTC(date.getUTCFullYear(), first + (ahead + 1) * months, 1));
}

interface Split {
  readonly table: string;
  readonly idColumn: string;
  readonly lane: Lane | null;
  readonly until: Date;
  readonly lockTimeoutMs: number;
}

const LOCK_NOT_AVAILABLE = "55P03";

/** `occupied`: rows lie beyond this bound already; the next one will do. */
async function splitTail(db: Database, split: Split): Promise<"split" | "occupied" | "locked"> {
  const { table, idColumn, lane, until, lockTimeoutMs } = split;
  try {
    return await db.transaction(async (tx) => {
      await tx.execute(`set local lock_timeout = '${Math.ceil(lockTimeoutMs)}ms'`);
      const [row] = await tx.query<{ done: boolean }>(
        "select tidings.split_tail($1, $2, $3, to_timestamp($4::float8 / 1000)) as done",
        [table, idColumn, lane, until.getTime()],
      );
      return row!.done ? "split" : "occupied";
    });
  } catch (error) {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return "locked";
    throw error;
  }
}

// The database's clock, as in the ids: the app's may be wrong.
const OPEN_PARTITIONS = `
select parent.relname as table, substring(child.relname from '_([a-z]+)_tail$') as lane,
       coalesce(extract(epoch from tidings.uuid7_time(substring(pg_get_expr(child.relpartbound, child.oid)
                    from '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}')::uuid)) * 1000, 0)::float8 as from_ms,
       extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
  from pg_inherits i
  join pg_class parent on parent.oid = i.inhparent
  join pg_class child on child.oid = i.inhrelid
 where i.inhparent in ('tidings.events'::regclass, 'tidings.timeline'::regclass) and child.relname ~ '_tail$'`;

interface OpenPartition {
  table: string;
  lane: Lane;
  from_ms: number;
  now_ms: number;
}

async function openPartitions(on: Queryable): Promise<OpenPartition[]> {
  return on.query(OPEN_PARTITIONS);
}

const LIST = `
select parent.relname as table, child.relname as name, pg_get_expr(child.relpartbound, child.oid) as bounds,
       pg_total_relation_size(child.oid)::float8 as bytes
  from pg_inherits i
  join pg_class parent on parent.oid = i.inhparent
  join pg_class child on child.oid = i.inhrelid
 where i.inhparent in ('tidings.events'::regclass, 'tidings.timeline'::regclass)
 order by parent.relname, child.relname`;

export async function listPartitions(on: Queryable): Promise<Partition[]> {
  const rows = await on.query<Omit<Partition, "lane">>(LIST);
  return rows.map((row) => ({
    ...row,
    lane: lanes.find((lane) => row.bounds.includes(`('${lane}'`)) ?? null,
  }));
}
