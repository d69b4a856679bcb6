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
  const now = await databaseTime(db);
  const moment = now - 2 * HOUR_MS;
  const bytes = partitions.reduce((sum, partition) => sum + partition.bytes, 0);
  const missing: Tail[] = [];
  const late: Tail[] = [];
  const filled: (Tail & { rows: number })[] = [];
  const early: Early[] = [];
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
      const closed = closedEarly(own, preparedUntil(table, now + 2 * HOUR_MS).getTime());
      const beyond = closed[0] ? lowerBound(closed[0]) : from;
      if (tail && beyond !== null) {
        const rows = await rowsBeyond(db, { table, lane, from: beyond });
        if (rows > 0) filled.push({ table, lane, from: beyond, rows });
        else if (closed.length > 0)
          early.push({ table, lane, from: beyond, names: closed.map(({ name }) => name) });
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
    early: early.flatMap(({ names }) => names),
  };
  const { status, summary, fix } = verdict({ missing, late, filled, early }, partitions.length, bytes);
  return [{ check: "partitions", status, summary, fix: fix && renameSchema(fix, schemaOf(db)), details }];
}

interface Tail {
  readonly table: "events" | "timeline";
  readonly lane: string | null;
  /** The smallest id that it takes; null: all ids. */
  readonly from: string | null;
}

/** Empty partitions after those of the present and the next period, the oldest first. */
interface Early extends Tail {
  readonly names: readonly string[];
}

interface Faults {
  readonly missing: readonly Tail[];
  readonly late: readonly Tail[];
  readonly filled: readonly (Tail & { rows: number })[];
  readonly early: readonly Early[];
}

function verdict(
  { missing, late, filled, early }: Faults,
  count: number,
  bytes: number,
): Pick<Finding, "status" | "summary" | "fix"> {
  if (missing.length > 0) {
    // As split_tail would make it, if somebody had not dropped it.
    const [{ table, lane, from }] = missing as readonly [Tail];
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
  if (early.length > 0) {
    return {
      status: "warning",
      summary: `Months to come share one partition, because the database's clock was ahead when it was prepared: ${early.flatMap(({ names }) => names).join(", ")}`,
      fix: `As the owner of the tables, while no row is there: do $$ begin ${early.map(reopened).join(" ")} end $$;`,
    };
  }
  return {
    status: "fine",
    summary: `The next month is prepared in every lane, and the next quarter of timelines; ${amount(count, "partition")}, ${size(bytes)}`,
    fix: null,
  };
}

/** Those that begin at `prepared` or later, which no clock that is right closes. */
function closedEarly(own: readonly Partition[], prepared: number): Partition[] {
  const begins = (partition: Partition) => lowerBound(partition) ?? "";
  return own
    .filter(({ name }) => !name.endsWith("_tail"))
    .filter((partition) => begins(partition) !== "" && recordedAt(begins(partition)) >= prepared)
    .toSorted((a, b) => (begins(a) < begins(b) ? -1 : 1));
}

/** As before they were closed. Whoever does it later than it is said must not lose what was recorded meanwhile. */
function reopened({ table, lane, from, names }: Early): string {
  const dropped = [...names, tailName({ table, lane })].map((name) => `tidings.${name}`).join(", ");
  const ofLane = lane === null ? "null" : `'${lane}'`;
  return (
    `assert not exists (select from ${rowsFrom({ table, lane, from })}); drop table ${dropped}; ` +
    `perform tidings.open_tail('${table}', ${ofLane}, quote_literal('${from}'));`
  );
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
async function rowsBeyond(on: Queryable, tail: Tail): Promise<number> {
  const [row] = await on.query<{ rows: number }>(
    `select count(*)::float8 as rows from (select from ${rowsFrom(tail)} limit ${COUNT_TO + 1}) beyond`,
  );
  return row!.rows;
}

function rowsFrom({ table, lane, from }: Tail): string {
  const id = table === "events" ? "id" : "event_id";
  return `tidings.${table} where ${lane === null ? "" : `lane = '${lane}' and `}${id} >= '${from}'`;
}
