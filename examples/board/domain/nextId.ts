import type { Tx } from "../database/database.ts";

/**
 * The next number of an identity column. Actions capture it: a replay would draw others, since it does not see the numbers of
 * transactions that were rolled back.
 */
export async function nextId(tx: Tx, table: "cards" | "comments"): Promise<number> {
  const { rows } = await tx.query<{ id: number }>(
    "select nextval(pg_get_serial_sequence($1, 'id'))::int as id",
    [table],
  );
  return rows[0]!.id;
}
