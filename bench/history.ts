import type { Pool } from "pg";

const TABLES = [
  { table: "events", lanes: ["domain", "change", "client", "system"], months: 1, nameOf: monthName },
  { table: "timeline", lanes: [null], months: 3, nameOf: quarterName },
];

/** The first moments of the last `months` months and of the present one, oldest first. */
export function monthsBack(months: number, now = new Date()): Date[] {
  return Array.from({ length: months + 1 }, (_, index) => monthsAfter(now, index - months));
}

/**
 * Gives a new log the partitions that it would have after years of work: each lane's first partition, empty and open to
 * the past, makes way for one a month (of timeline: a quarter). Returns how many partitions the events have.
 */
export async function createHistory(pool: Pool, back: number): Promise<number> {
  for (const { table, lanes, months, nameOf } of TABLES) {
    const begins = monthsBack(back + months - 1).filter((month) => month.getUTCMonth() % months === 0);
    for (const lane of lanes) {
      const nameFrom = (from: Date) => `tidings.${table}_${lane === null ? "" : `${lane}_`}${nameOf(from)}`;
      const bound = lane === null ? "" : `'${lane}', `;
      await pool.query(`drop table ${nameFrom(begins.at(-1)!)}`);
      for (const [index, from] of begins.entries()) {
        const lower = index === 0 ? "minvalue" : `tidings.uuid7_floor('${from.toISOString()}')`;
        const until = begins[index + 1] ?? monthsAfter(from, months);
        await pool.query(`
          create table ${nameFrom(from)} partition of tidings.${table}
             for values from (${bound}${lower}) to (${bound}tidings.uuid7_floor('${until.toISOString()}'))`);
      }
    }
  }
  const { rows } = await pool.query<{ partitions: number }>(
    "select count(*)::int as partitions from pg_inherits where inhparent = 'tidings.events'::regclass",
  );
  return rows[0]!.partitions;
}

function monthsAfter(moment: Date, months: number): Date {
  return new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + months, 1));
}

function monthName(month: Date): string {
  return month.toISOString().slice(0, 7).replace("-", "_");
}

function quarterName(month: Date): string {
  return `${month.getUTCFullYear()}_q${1 + Math.floor(month.getUTCMonth() / 3)}`;
}
