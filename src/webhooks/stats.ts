import type { Database, Parameter } from "../db/database.ts";
import { checkTime, checkWhole, refuseField } from "../events/checkQuery.ts";
import { checkNames, type NamesOf } from "../events/filter.ts";
import { findTarget } from "./target.ts";

export interface StatsQuery {
  readonly account?: string | undefined;
  /** Figures are kept for 30 days. Default: 24 hours ago. */
  readonly since?: Date | undefined;
  /** Seconds: a multiple of 300, a day at most. Default 1_800. */
  readonly bucket?: number | undefined;
}

/** The tries that ended in one stretch of time. Null where there were none. */
export interface StatsBucket {
  readonly since: Date;
  /** Tries that were answered 2xx. */
  readonly delivered: number;
  /** Tries that failed, not deliveries: one delivery may have ten. */
  readonly failed: number;
  readonly averageMs: number | null;
  /** Half of the tries were faster. Estimated: tries are counted in eight classes. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

export interface StatsDependencies {
  readonly db: Database;
  readonly accountOf: (given: string | undefined) => string;
}

export interface WebhookStats {
  /** One bucket for each stretch of time since then, empty ones included, the oldest first; at most 2,016 (a week of 5 minutes). */
  stats(endpoint: string, query?: StatsQuery): Promise<StatsBucket[]>;
  /** The same of all endpoints of the account together, with those that were deleted since. */
  accountStats(query?: StatsQuery): Promise<StatsBucket[]>;
}

/** Graphs come from a table of five minutes each, never from deliveries: they cost the same however many there are. */
export function createStats({ db, accountOf }: StatsDependencies): WebhookStats {
  const read = async (sql: string, parameters: readonly Parameter[], query: StatsQuery) => {
    const since = checkTime("since", query.since);
    const bucket = checkWhole("bucket", query.bucket ?? 1_800, 300, 86_400);
    if (bucket % 300 !== 0) refuseField("bucket", `${bucket} must be a multiple of 300 seconds`);
    const rows = await db.query<StatsRow>(sql, [since, bucket, MOST_BUCKETS + 1, ...parameters]);
    if (rows.length > MOST_BUCKETS) refuseField("since", `makes more than ${MOST_BUCKETS} buckets`);
    return rows.map(statsBucket);
  };
  return {
    stats: async (endpoint, query = {}) => {
      checkNames(query, queryNames);
      const account = accountOf(query.account);
      const { id } = await findTarget(db, account, endpoint);
      return read(READ, [account, id], query);
    },
    accountStats: async (query = {}) => {
      checkNames(query, queryNames);
      return read(READ_ALL, [accountOf(query.account)], query);
    },
  };
}

const queryNames: NamesOf<StatsQuery> = { account: true, since: true, bucket: true };

const MOST_BUCKETS = 2_016;

/** The upper ends of the classes, in the order of the columns; tries that took longer are in one more. */
const CLASSES_MS = [50, 100, 250, 500, 1_000, 2_500, 5_000] as const;

const COLUMNS = [...CLASSES_MS.map((ms) => `up_to_${ms}`), "longer"];

const BUCKETS = `
select extract(epoch from b.since)::float8 * 1000 as since_ms, s.*
  from (select to_timestamp(floor(coalesce($1::float8 / 1000, extract(epoch from now()) - 86400) / $2::int) * $2::int
                            + n * $2::int) as since
          from generate_series(0, $3::int - 1) n) b`;

const SUMS = `
coalesce(sum(delivered), 0)::int as delivered, coalesce(sum(failed), 0)::int as failed,
          coalesce(sum(total_ms), 0)::float8 as total_ms, coalesce(max(max_ms), 0)::int as max_ms,
          ${COLUMNS.map((column) => `coalesce(sum(${column}), 0)::int as ${column}`).join(", ")}`;

const READ = `${BUCKETS}
 cross join lateral (
   select ${SUMS}
     from tidings.endpoint_stats
    where account_id = $4 and endpoint_id = $5::uuid
      and since >= b.since and since < b.since + $2::int * interval '1 second') s
 where b.since <= now() order by b.since`;

// Endpoint by endpoint, so that each is a stretch of the key; the whole account's history is never read.
const READ_ALL = `${BUCKETS}
 cross join lateral (
   select ${SUMS}
     from tidings.endpoints e cross join lateral (
       select * from tidings.endpoint_stats t
        where t.account_id = e.account_id and t.endpoint_id = e.id
          and t.since >= b.since and t.since < b.since + $2::int * interval '1 second') own
    where e.account_id = $4) s
 where b.since <= now() order by b.since`;

type StatsRow = { since_ms: number; delivered: number; failed: number; total_ms: number; max_ms: number } & {
  readonly [column: string]: number;
};

function statsBucket(row: StatsRow): StatsBucket {
  const counts = COLUMNS.map((column) => row[column] ?? 0);
  const tries = row.delivered + row.failed;
  const since = new Date(row.since_ms);
  const { delivered, failed } = row;
  if (tries === 0)
    return { since, delivered, failed, averageMs: null, p50Ms: null, p95Ms: null, maxMs: null };
  return {
    since,
    delivered,
    failed,
    averageMs: Math.round(row.total_ms / tries),
    p50Ms: percentile(counts, row.max_ms, 0.5),
    p95Ms: percentile(counts, row.max_ms, 0.95),
    maxMs: row.max_ms,
  };
}

/** As if the tries of a class were spread evenly over it; the longest try is known and bounds the last one. */
function percentile(counts: readonly number[], maxMs: number, share: number): number {
  const wanted = counts.reduce((sum, count) => sum + count, 0) * share;
  let passed = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && passed + count >= wanted) {
      const low = CLASSES_MS[index - 1] ?? 0;
      const high = Math.max(low, Math.min(CLASSES_MS[index] ?? maxMs, maxMs));
      return Math.round(low + ((high - low) * (wanted - passed)) / count);
    }
    passed += count;
  }
  return maxMs;
}
