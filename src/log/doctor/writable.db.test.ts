import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../../test/support/describeOnDatabases.ts";
import { createTestDatabase, openPool, type TestDatabase } from "../../../test/support/testDatabase.ts";
import type { Database } from "../../db/database.ts";
import { pg } from "../../db/pg.ts";
import { examineLog } from "../doctor.ts";
import { examineWritable } from "./writable.ts";

describeOnDatabases("doctor, about writes", (open) => {
  let opened: TestDatabase;
  beforeAll(async () => void (opened = await open()));
  afterAll(() => opened.drop());

  /** What is found in a transaction that may not write. */
  const inReadOnly = (sqlOf: (sql: string) => string) =>
    opened.db.transaction(async (tx) => {
      await tx.execute("set local transaction_read_only = on");
      const db: Database = { ...opened.db, query: (sql, parameters) => tx.query(sqlOf(sql), parameters) };
      return examineLog(db);
    });

  test("says nothing where they are possible", async () => {
    expect(await examineWritable(opened.db)).toEqual([]);
  });

  test("says that nothing can be recorded where transactions are read-only", async () => {
    expect(await inReadOnly((sql) => sql)).toContainEqual(
      expect.objectContaining({
        check: "writes",
        status: "warning",
        summary: expect.stringContaining("Nothing can be recorded"),
      }),
    );
  });

  test("knows a standby, and where to go from there", async () => {
    expect(await inReadOnly((sql) => sql.replace("pg_is_in_recovery()", "true"))).toContainEqual(
      expect.objectContaining({
        check: "writes",
        status: "warning",
        summary: expect.stringContaining("is a standby"),
        fix: expect.stringContaining("primary"),
      }),
    );
  });
});

test("what made the database read-only is named, and undone by the statement that doctor gives", async () => {
  const opened = await createTestDatabase();
  const connections = [0, 1].map(() => openPool({ connectionString: opened.url, max: 1 }));
  const [before, after] = connections.map((pool) => pg(pool)) as [Database, Database];
  const name = new URL(opened.url).pathname.slice(1);
  await opened.db.query(`alter database ${name} set default_transaction_read_only = on`);
  const [found] = await examineWritable(before);
  expect(found).toMatchObject({ status: "warning", details: { standby: false, source: "database" } });
  await connections[0]!.query(found!.fix!.replace(/^.*: /, "")); // as it is pasted: on the connection that cannot write
  expect(await examineWritable(after)).toEqual([]);
  await Promise.all(connections.map((pool) => pool.end()));
  await opened.drop();
});
