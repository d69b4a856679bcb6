import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../../../src/db/database.ts";
import { tableContents } from "./tableContents.ts";

/** What a released version recorded, and the tables that it had made by then. Written once, and never changed. */
export interface GoldenHistory {
  /** Rows of `tidings.events` in the order of recording, without what another database would number anew. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly tables: Record<string, string[]>;
}

const DIRECTORY = join(import.meta.dirname, "../golden");

export function goldenFiles(): string[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith(".json"))
    .sort();
}

export async function readGolden(name: string): Promise<GoldenHistory> {
  return JSON.parse(await readFile(join(DIRECTORY, name), "utf8")) as GoldenHistory;
}

export async function writeGolden(name: string, db: Database): Promise<void> {
  const rows = await db.query<{ event: string }>(
    "select (to_jsonb(e) - 'seq' - 'xid')::text as event from tidings.events e order by seq",
  );
  const history: GoldenHistory = {
    events: rows.map(({ event }) => JSON.parse(event) as Record<string, unknown>),
    tables: await tableContents(db),
  };
  await writeFile(join(DIRECTORY, name), `${JSON.stringify(history, null, 2)}\n`, { flag: "wx" });
}

/** Puts the events into the log as they were stored, whatever the table has had added since. */
export async function insertGolden(db: Database, { events }: GoldenHistory): Promise<void> {
  for (const event of events) {
    const columns = Object.keys(event).join(", ");
    await db.query(
      `insert into tidings.events (${columns})
       select ${columns} from jsonb_populate_record(null::tidings.events, $1::text::jsonb)`,
      [JSON.stringify(event)],
    );
  }
}
