import type { Database, Queryable } from "../../db/database.ts";
import { renameSchema, schemaOf } from "../../db/schema.ts";
import { databaseTime } from "../../log/databaseTime.ts";
import type { Finding } from "../../log/doctor/finding.ts";
import { amount, amountUpTo, size } from "../../log/doctor/words.ts";
import { recordedAt } from "../../log/eventId.ts";
import { monthlyTables, monthsPreparedUntil } from "../webhookRetention.ts";

const HOUR_MS = 3_600_000;
const COUNT_TO = 1_000;

/** Whether the next month has its partition of each table, and nothing lies beyond those that have one. */
export async function examineMonths(db: Database): Promise<Finding[]> {
  // The worker looks once an hour, so two hours are not yet late.
  const prepared = monthsPreparedUntil((await databaseTime(db)) - 2 * HOUR_MS).getTime();
  const partitions = await db.query<Partition>(PARTITIONS);
  const tails = monthlyTables.map((table) => openPartition(table, partitions));
  const missing = tails.filter(({ there }) => !there);
  const late = tails.filter(({ there, from }) => there && (from === null || recordedAt(from) < prepared));
  const filled: Filled[] = [];
  for (const tail of tails) {
    const rows = await rowsBeyond(db, tail);
    if (rows > 0) filled.push({ ...tail, rows });
  }
  const bytes = partitions.reduce((sum, partition) => sum + partition.bytes, 0);
  const details = {
    partitions: partitions.length,
    bytes,
    missing: missing.map(tailName),
    late: late.map(tailName),
    filled: filled.map((tail) => ({ name: tailName(tail), rows: tail.rows })),
  };
  const fine = `The next month is prepared; ${amount(partitions.length, "partition")}, ${size(bytes)}`;
  const { status, summary, fix } = verdict({ missing, late, filled }) ?? {
    status: "fine",
    summary: fine,
    fix: null,
  };
  return [
    { check: "webhook partitions", status, summary, fix: fix && renameSchema(fix, schemaOf(db)), details },
  ];
}

interface Partition {
  table: string;
  name: string;
  /** The first id that it takes, and the first that it does not; null where there is no such end. */
  low: string | null;
  high: string | null;
  bytes: number;
}

const PARTITIONS = `
select parent.relname::text as table, child.relname::text as name,
       (regexp_match(pg_get_expr(child.relpartbound, child.oid), 'FROM [(]''([^'']+)''[)]'))[1] as low,
       (regexp_match(pg_get_expr(child.relpartbound, child.oid), 'TO [(]''([^'']+)''[)]'))[1] as high,
       pg_total_relation_size(child.oid)::float8 as bytes
  from pg_inherits i
  join pg_class parent on parent.oid = i.inhparent
  join pg_class child on child.oid = i.inhrelid
 where i.inhparent in (${monthlyTables.map((table) => `'tidings.${table}'::regclass`).join(", ")})
 order by parent.relname, child.relname`;

interface Tail {
  readonly table: (typeof monthlyTables)[number];
  readonly there: boolean;
  /** The first id that it takes, or would take; null: all ids. */
  readonly from: string | null;
}

interface Filled extends Tail {
  readonly rows: number;
}

function openPartition(table: Tail["table"], partitions: readonly Partition[]): Tail {
  const own = partitions.filter((partition) => partition.table === table);
  const tail = own.find(({ name }) => name === tailName({ table }));
  if (tail) return { table, there: true, from: tail.low };
  const ends = own.map(({ high }) => high).filter((high) => high !== null);
  return { table, there: false, from: ends.toSorted().at(-1) ?? null };
}

function verdict(found: {
  missing: readonly Tail[];
  late: readonly Tail[];
  filled: readonly Filled[];
}): Pick<Finding, "status" | "summary" | "fix"> | null {
  const { missing, late, filled } = found;
  if (missing[0]) {
    const { table, from } = missing[0];
    return {
      status: "bad",
      summary: `The open partition is missing: ${missing.map(tailName).join(", ")}. Nothing will be sent when the last month is over`,
      // As split_month would make it, if somebody had not dropped it.
      fix: `As the owner of the tables: select tidings.open_month_tail('${table}', '${from === null ? "minvalue" : `''${from}''`}');`,
    };
  }
  if (filled.length > 0) {
    const rows = filled.map((tail) => `${tailName(tail)} (${amountUpTo(tail.rows, COUNT_TO, "row")})`);
    return {
      status: "warning",
      summary: `Rows lie beyond the prepared months: ${rows.join(", ")}`,
      fix: "Check the database server's clock and that a worker runs; months that hold such rows are kept and dropped as one",
    };
  }
  if (late.length > 0) {
    return {
      status: "warning",
      summary: `The next month is not prepared: ${late.map(tailName).join(", ")}`,
      fix: "Keep a worker running that has webhooks (await tidings.start()), or call await tidings.work() once a day",
    };
  }
  return null;
}

function tailName({ table }: Pick<Tail, "table">): string {
  return `${table}_tail`;
}

/** Asked of the table, not of the partition: the app's role may not read partitions. */
async function rowsBeyond(on: Queryable, { table, there, from }: Tail): Promise<number> {
  if (!there || from === null) return 0;
  const id = table === "attempts" ? "delivery_id" : "id";
  const [row] = await on.query<{ rows: number }>(
    `select count(*)::float8 as rows
       from (select from tidings.${table} where ${id} >= '${from}' limit ${COUNT_TO + 1}) beyond`,
  );
  return row!.rows;
}
