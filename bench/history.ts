import type { Pool } from "pg";

const LANES = ["domain", "change", "client", "system"];
const TABLES = ["events", "timeline"];

/** The first moments of the last `months` months and of the present one, oldest first. */
export function monthsBack(months: number, now = new Date()): Date[] {
  return Array.from(
    { length: months + 1 },
    (_, index) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months + index, 1)),
  );
}

/**
 * Gives a new log the monthly partitions that it would have after years of work: each lane's first partition, empty and
 * open to the past, makes way for one a month. Returns how many partitions each table has.
 */
export async function createHistory(pool: Pool, months: number): Promise<number> {
  const bounds = monthsBack(months);
  const until = new Date(Date.UTC(bounds.at(-1)!.getUTCFullYear(), bounds.at(-1)!.getUTCMonth() + 1, 1));
  for (const table of TABLES) {
    for (const lane of LANES) {
      const first = `tidings.${table}_${lane}_${monthName(bounds.at(-1)!)}`;
      await pool.query(`drop table ${first}`);
      for (const [index, from] of bounds.entries()) {
        const lower = index === 0 ? "minvalue" : `tidings.uuid7_floor('${from.toISOString()}')`;
        const upper = `tidings.uuid7_floor('${(bounds[index + 1] ?? until).toISOString()}')`;
        await pool.query(`
          create table tidings.${table}_${lane}_${monthName(from)} partition of tidings.${table}
             for values from ('${lane}', ${lower}) to ('${lane}', ${upper})`);
      }
    }
  }
  const { rows } = await pool.query<{ partitions: number }>(
    "select count(*)::int as partitions from pg_inherits where inhparent = 'tidings.events'::regclass",
  );
  return rows[0]!.partitions;
}

const monthName = (month: Date): string => month.toISOString().slice(0, 7).replace("-", "_");
