import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** As much of a transaction as the actions use: PGlite and pg both have it. */
export interface Tx {
  query<Row extends object>(sql: string, parameters?: unknown[]): Promise<{ rows: Row[] }>;
}

export const schema = await readFile(join(import.meta.dirname, "schema.sql"), "utf8");

/** What a replay empties and fills again, in an order that foreign keys allow. */
export const tables = ["emails", "sessions", "magic_links", "logins", "people"];
