import type { Database, Queryable } from "../../db/database.ts";
import { renameSchema, schemaOf } from "../../db/schema.ts";
import { recordedAt } from "../eventId.ts";
import { listPartitions, PARTITIONED, preparedUntil, type Partition } from "../partitions.ts";
import { databaseTime } from "../databaseTime.ts";
import type { Finding } from "./finding.ts";
import { amount, amountUpTo, size } from "./words.ts";

const HOUR_MS = 3_600_000;
const COUNT_TO = 1_000;

/** Whether each lane's next month (and the next quarter of timeline) has its partition, and nothing lies beyond those that have one. */
export async function examinePartitions(db: Database): Promise<Finding[]> {
  const partitions = await listPartitions(db);
  // The worker looks once an hour, so two hours are not yet late.
  const moment = (await databaseTime(db)) - 2 * HOUR_MS;
  const bytes = partitions.reduce((sum, partition) => sum + partition.bytes, 0);
  const missing: Tail[] = [];
  const late: Tail[] = [];
  const filled: (Tail & { rows: number })[] = [];
  for (const { table, lanes } of PARTITIONED) {
    for (const lane of lanes) {
      const own = partitions.filter((partition) => partition.table === table && partition.lane === lane);
      const tail = own.find((partition) => partition.name === tailName({ table, lane }));
      const from = lowerBound(tail);
      if (!tail)
        missing.push({
          table,
          lane,
          from:
            own
              .map(upperBound)
              .filter((id) => id !== null)
              .sort()
              .at(-1) ?? null,
        });
      else if (from === null || recordedAt(from) < preparedUntil(table, moment).getTime())
        late.push({ table, lane, from });
      if (tail && from !== null) {
        const rows = await rowsInTail(db, { table, lane, from });
        if (rows > 0) filled.push({ table, lane, from, rows });
      }
    }
  }
  const details = {
    partitions: partitions.length,
    bytes,
    largest: partitions
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, 5)
      .map(({ name, bytes: size }) => ({ name, bytes: size })),
    missing: missing.map(tailName),
    late: late.map(tailName),
    filled: filled.map((tail) => ({ name: tailName(tail), rows: tail.rows })),
  };
  const { status, summary, fix } = verdict({ missing, late, filled }, partitions.length, bytes);
  return [{ check: "partitions", status, summary, fix: fix && renameSchema(fix, schemaOf(db)), details }];
}

interface Tail {
  readonly table: "events" | "timeline";
  readonly lane: string | null;
  /** The smallest id that it takes; null: all ids. */
  readonly from: string | null;
}

function verdict(
  { missing, late, filled }: { missing: Tail[]; late: Tail[]; filled: (Tail & { rows: number })[] },
  count: number,
  bytes: number,
): Pick<Finding, "status" | "summary" | "fix"> {
  if (missing.length > 0) {
    // As split_tail would make it, if somebody had not dropped it.
    const [{ table, lane, from }] = missing as [Tail];
    return {
      status: "bad",
      summary: `The open partition is missing: ${missing.map(tailName).join(", ")}. Inserts will fail when the last month is over`,
      fix: `As the owner of the tables: select tidings.open_tail('${table}', ${lane === null ? "null" : `'${lane}'`}, '${from === null ? "minvalue" : `''${from}''`}');`,
    };
  }
  if (filled.length > 0) {
    const rows = filled.map((tail) => `${tailName(tail)} (${amountUpTo(tail.rows, COUNT_TO, "row")})`);
    return {
      status: "warning",
      summary: `Events lie beyond the prepared months: ${rows.join(", ")}`,
      fix: "Check the database server's clock and that a worker runs; months that hold such rows share one partition",
    };
  }
  if (late.length > 0) {
    return {
      status: "warning",
      summary: `The next month or quarter is not prepared: ${late.map(tailName).join(", ")}`,
      fix: "Keep a worker running (await tidings.start()), or call await tidings.work() once a day",
    };
  }
  return {
    status: "fine",
    summary: `The next month is prepared in every lane, and the next quarter of timelines; ${amount(count, "partition")}, ${size(bytes)}`,
    fix: null,
  };
}

function tailName({ table, lane }: Pick<Tail, "table" | "lane">): string {
  return [table, lane, "tail"].filter((word) => word !== null).join("_");
}

function lowerBound(partition: Partition | undefined): string | null {
  return /FROM \((?:'[a-z]+', )?'([0-9a-f-]{36})'\)/.exec(partition?.bounds ?? "")?.[1] ?? null;
}

function upperBound(partition: Partition): string | null {
  return /TO \((?:'[a-z]+', )?'([0-9a-f-]{36})'\)/.exec(partition.bounds)?.[1] ?? null;
}

/** Asked of the table, not of the partition: the app's role may not read partitions. */
async function rowsInTail(on: Queryable, { table, lane, from }: Tail): Promise<number> {
  const id = table === "events" ? "id" : "event_id";
  const [row] = await on.query<{ rows: number }>(
    `select count(*)::float8 as rows
       from (select from tidings.${table} where ${lane === null ? "" : `lane = '${lane}' and `}${id} >= '${from}' limit ${COUNT_TO + 1}) beyond`,
  );
  return row!.rows;
}
