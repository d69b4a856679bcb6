import type { Database } from "../../../src/db/database.ts";
import { shopTables } from "./shopTables.ts";

/** All rows of the shop's tables as text, in the order of their text: two states are equal when these are. */
export async function tableContents(db: Database): Promise<Record<string, string[]>> {
  const contents: Record<string, string[]> = {};
  for (const table of shopTables) {
    const rows = await db.query<{ row: string }>(
      `select t::text as row from ${table} t order by t::text collate "C"`,
    );
    contents[table] = rows.map(({ row }) => row);
  }
  return contents;
}
