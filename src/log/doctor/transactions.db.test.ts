import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type PostgresTestDatabase } from "../../../test/support/testDatabase.ts";
import type { Database } from "../../db/database.ts";
import { examineTransactions } from "./transactions.ts";

let opened: PostgresTestDatabase;
beforeAll(async () => void (opened = await createTestDatabase()));
afterAll(() => opened.drop());

test("has nobody end a vacuum, for whose end nothing waits", async () => {
  const { db } = opened;
  await db.query("create table large as select n from generate_series(1, 20000) n"); // 89 pages, each with a wait
  const session = new Client({ connectionString: opened.url });
  session.on("error", () => undefined);
  await session.connect();
  await session.query("set vacuum_cost_delay = 100; set vacuum_cost_limit = 1");
  const ended = session.query("vacuum large").catch((error: { code: string }) => error.code);
  const vacuums = () =>
    db.query<{ pid: number }>("select pid from pg_stat_progress_vacuum where datname = current_database()");
  await expect.poll(vacuums).toHaveLength(1);
  const [vacuum] = await vacuums();
  const anHourLater: Database = {
    ...db,
    query: (sql, parameters) =>
      db.query(sql.replaceAll("clock_timestamp()", "(clock_timestamp() + interval '1 hour')"), parameters),
  };
  expect(await examineTransactions(anHourLater)).toMatchObject([{ status: "fine", details: { open: [] } }]);
  expect(await vacuums(), "it still ran").toEqual([vacuum]);
  await db.query("select pg_cancel_backend($1)", [vacuum!.pid]);
  expect(await ended).toBe("57014");
  await session.end();
});
