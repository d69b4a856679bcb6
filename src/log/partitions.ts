import type { Database, Queryable } from "../db/database.ts";
import { lanes, type Lane } from "../events/defineEvent.ts";
import type { Signals } from "../signals.ts";

/** A month of one lane, of events or of timeline rows. */
export interface Partition {
  readonly table: "events" | "timeline";
  readonly lane: Lane;
  readonly name: string;
  /** PostgreSQL's own words: `FOR VALUES FROM (…) TO (…)`. */
  readonly bounds: string;
  readonly bytes: number;
}

const PARTITIONED = [
  { table: "events", idColumn: "id" },
  { table: "timeline", idColumn: "event_id" },
] as const;

/** Months that stand ready beyond the present one. */
const MONTHS_AHEAD = 1;

/**
 * Closes open partitions at the ends of the coming months, while they are still empty, so that each month has its own.
 * Takes a short exclusive lock: writers wait for at most `lockTimeoutMs`, then the split gives way and is tried at the
 * next turn. Returns how many were split.
 */
export async function createPartitionsAhead(
  db: Database,
  signals: Signals,
  lockTimeoutMs = 500,
): Promise<number> {
  const tails = await openPartitions(db);
  let split = 0;
  for (const { table, idColumn } of PARTITIONED) {
    for (const lane of lanes) {
      const tail = tails.find((partition) => partition.table === table && partition.lane === lane);
      for (const until of tail ? missingBounds(tail.from_ms) : []) {
        const done = await db.transaction(async (tx) => {
          await tx.execute(`set local lock_timeout = '${Math.ceil(lockTimeoutMs)}ms'`);
          const [row] = await tx.query<{ done: boolean }>(
            "select tidings.split_tail($1, $2, $3, to_timestamp($4::float8 / 1000)) as done",
            [table, idColumn, lane, until.getTime()],
          );
          return row!.done;
        });
        if (!done) continue; // rows lie beyond this bound: the next month's will do
        split++;
        signals.emit("partition.split", { table, lane, until: until.toISOString() });
      }
    }
  }
  return split;
}

/** The month ends after `from` up to the end of the last month that shall stand ready. */
function missingBounds(fromMs: number): Date[] {
  const now = new Date();
  const bounds: Date[] = [];
  // From the present month's end: months that passed while nobody split are closed as one.
  for (let ahead = 1; ahead <= 1 + MONTHS_AHEAD; ahead++) {
    const bound = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
    if (bound.getTime() > fromMs) bounds.push(bound);
  }
  return bounds;
}

const OPEN_PARTITIONS = `
select parent.relname as table, substring(child.relname from '_([a-z]+)_tail$') as lane,
       coalesce(('x' || replace(substring(pg_get_expr(child.relpartbound, child.oid) from '''([0-9a-f]{8}-[0-9a-f]{4})'), '-', ''))::bit(48)::bigint, 0)::float8 as from_ms
  from pg_inherits i
  join pg_class parent on parent.oid = i.inhparent
  join pg_class child on child.oid = i.inhrelid
 where i.inhparent in ('tidings.events'::regclass, 'tidings.timeline'::regclass) and child.relname like '%\\_tail'`;

async function openPartitions(on: Queryable): Promise<{ table: string; lane: Lane; from_ms: number }[]> {
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
  return rows.map((row) => ({ ...row, lane: lanes.find((lane) => row.bounds.includes(`('${lane}'`))! }));
}
