import type { Database, Queryable } from "../db/database.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { recordedAt } from "../log/eventId.ts";

export interface WebhookRetentionDependencies {
  readonly db: Database;
  /** Messages, deliveries and attempts older than this go, a month at a time. */
  readonly retainDays: number;
  /** The most that writers wait for the lock that a month's beginning and end take. Default 500. */
  readonly lockTimeoutMs?: number | undefined;
}

/**
 * Makes the coming months' partitions, drops those that are old enough, and deletes old figures, finished jobs and what is left of
 * endpoints that were deleted. For the maintenance loop. False: a lock was not to be had, because somebody reads for long; try again in a while.
 */
export function createWebhookRetention(dependencies: WebhookRetentionDependencies): () => Promise<boolean> {
  const { db, retainDays, lockTimeoutMs = 500 } = dependencies;
  return async () => {
    while ((await deleteOld(db, DELETE_STATS, STATS_DAYS)) === DELETE_AT_ONCE);
    while ((await deleteOld(db, DELETE_JOBS, retainDays)) === DELETE_AT_ONCE);
    while ((await deleteOld(db, DELETE_ENDPOINTS, retainDays)) === DELETE_AT_ONCE);
    for (const table of monthlyTables) {
      for (const until of await missingBounds(db, table)) {
        if (!(await locking(db, lockTimeoutMs, (tx) => tx.query(SPLIT, [table, until])))) return false;
      }
    }
    for (const table of monthlyTables) {
      if (!(await hasOldMonth(db, table, retainDays))) continue;
      if (!(await locking(db, lockTimeoutMs, (tx) => tx.query(DROP, [table, retainDays])))) return false;
    }
    return true;
  };
}

// In this order: what is left for a moment is a message that no delivery names, and not the other way round.
export const monthlyTables = ["attempts", "deliveries", "messages"] as const;
type Table = (typeof monthlyTables)[number];

/** Months that stand ready beyond the present one. */
const MONTHS_AHEAD = 1;

/** The ends of the present and the next month, as ISO 8601, unless the table's open partition begins there or later. */
async function missingBounds(db: Queryable, table: Table): Promise<string[]> {
  const [row] = await db.query<{ now_ms: number; low: string | null }>(tail(table));
  const from = row!.low === null ? 0 : recordedAt(row!.low);
  return Array.from({ length: 1 + MONTHS_AHEAD }, (_, ahead) => monthEnd(row!.now_ms, ahead))
    .filter((bound) => bound.getTime() > from)
    .map((bound) => bound.toISOString());
}

/** Where the open partitions begin when all is prepared. */
export function monthsPreparedUntil(moment: number): Date {
  return monthEnd(moment, MONTHS_AHEAD);
}

/** Where the month ends that a moment lies in, or one of those ahead of it. */
function monthEnd(moment: number, ahead: number): Date {
  const date = new Date(moment);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead + 1, 1));
}

// Names in the text, not as parameters: only the text is written for another schema.
const tail = (table: Table) => `
select extract(epoch from now())::float8 * 1000 as now_ms,
       (select (regexp_match(pg_get_expr(relpartbound, oid), 'FROM [(]''([^'']+)''[)]'))[1] from pg_class where oid = to_regclass('tidings.${table}_tail')) as low`;

const SPLIT = "select tidings.split_month($1::text, $2::timestamptz) as done";

/** Looked at before, so that no lock is taken every hour for nothing. */
async function hasOldMonth(db: Queryable, table: Table, retainDays: number): Promise<boolean> {
  return (await db.query(oldMonths(table), [retainDays])).length > 0;
}

const oldMonths = (table: Table) => `
select 1 as old from pg_inherits i join pg_class c on c.oid = i.inhrelid
 where i.inhparent = to_regclass('tidings.${table}') and c.relname <> '${table}_past'
   and ((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO [(]''([^'']+)''[)]'))[1])::uuid
       <= tidings.uuid7_floor(now() - $1::float8 * interval '1 day')
 limit 1`;

const DROP = "select tidings.drop_months($1::text, now() - $2::float8 * interval '1 day') as dropped";

const LOCK_NOT_AVAILABLE = "55P03";

/** False when the lock was not to be had in that time. */
async function locking(
  db: Database,
  lockTimeoutMs: number,
  work: (tx: Queryable) => Promise<unknown>,
): Promise<boolean> {
  try {
    await db.transaction(async (tx) => {
      await tx.query("select set_config('lock_timeout', $1, true)", [`${lockTimeoutMs}ms`]);
      await work(tx);
    });
    return true;
  } catch (error) {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

const DELETE_AT_ONCE = 5_000;
const STATS_DAYS = 30;

const DELETE_STATS = `
delete from tidings.endpoint_stats
 where (account_id, endpoint_id, since) in (
   select account_id, endpoint_id, since from tidings.endpoint_stats
    where since < now() - $1::float8 * interval '1 day' order by since limit ${DELETE_AT_ONCE} for update skip locked)
returning 1 as deleted`;

const DELETE_JOBS = `
delete from tidings.endpoint_jobs
 where (account_id, id) in (
   select account_id, id from tidings.endpoint_jobs
    where state <> 'running' and finished_at < now() - $1::float8 * interval '1 day'
    order by finished_at limit ${DELETE_AT_ONCE} for update skip locked)
returning 1 as deleted`;

// Whoever manages an account may make and delete them without end. The sweep has to have emptied their queue first: it finds
// that by endpoint_runs.
const DELETE_ENDPOINTS = `
with gone as (
  delete from tidings.endpoints
   where (account_id, id) in (
     select e.account_id, e.id from tidings.endpoints e
      where e.status = 'deleted' and e.status_at < now() - $1::float8 * interval '1 day'
        and not exists (select from tidings.delivery_queue q where q.account_id = e.account_id and q.endpoint_id = e.id)
        and not exists (select from tidings.endpoint_jobs j where j.account_id = e.account_id and j.endpoint_id = e.id)
      limit ${DELETE_AT_ONCE} for update skip locked)
  returning account_id, id
), runs as (
  delete from tidings.endpoint_runs r using gone where r.account_id = gone.account_id and r.endpoint_id = gone.id)
select 1 as deleted from gone`;

async function deleteOld(db: Queryable, sql: string, days: number): Promise<number> {
  return (await db.query(sql, [days])).length;
}
