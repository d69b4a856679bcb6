import { expect, test } from "vitest";
import type { Database, Parameter } from "./database.ts";
import { asWritten, inSchema } from "./schema.ts";

/** What would be sent. */
const sent: string[] = [];
const note = async (sql: string, _parameters?: readonly Parameter[]) => {
  sent.push(sql);
  return [];
};
const db: Database = {
  driver: "none",
  concurrent: true,
  query: note,
  transaction: (work) => work({ handle: null, query: note, execute: async (sql) => void note(sql) }),
  adopt: (handle) => ({ handle, query: note, execute: async (sql) => void note(sql) }),
};

test("Tidings' own SQL runs in the schema that was chosen, the app's as it was written", async () => {
  const appSql = "select 'tidings.example' from tidings.mine";
  const renamed = inSchema(db, "log");
  await renamed.query("select from tidings.events");
  await renamed.transaction(async (tx) => {
    await tx.execute("select from tidings.events");
    await asWritten(tx).query(appSql);
  });
  await asWritten(renamed.adopt("handle")).execute(appSql);
  const own = 'select from "log".events';
  expect(sent).toEqual([own, own, appSql, appSql]);
});
