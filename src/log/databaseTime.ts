import type { Queryable } from "../db/database.ts";

/** Milliseconds since 1970 by the database's clock, as in ids: that of the computer which asks may be wrong. */
export async function databaseTime(on: Queryable): Promise<number> {
  const [row] = await on.query<{ ms: number }>(
    "select extract(epoch from clock_timestamp())::float8 * 1000 as ms",
  );
  return row!.ms;
}
