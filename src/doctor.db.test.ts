import { randomBytes } from "node:crypto";
import { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { administer, databaseUrl } from "../test/support/databaseServers.ts";
import { describeOnDatabases } from "../test/support/describeOnDatabases.ts";
import { createTestDatabase, type TestDatabase } from "../test/support/testDatabase.ts";
import { insertEndpoint } from "../test/support/webhookRows.ts";
import { grantAppRole } from "./db/grants.ts";
import { pg } from "./db/pg.ts";
import { inSchema } from "./db/schema.ts";
import { examine } from "./index.ts";

describeOnDatabases("doctor as a whole", (open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());

  test("looks at the log and then at webhooks, in as much as they are used", async () => {
    const checks = async () => (await examine(opened.db)).map(({ check }) => check);
    const log = await checks();
    expect([log[0], ...log.slice(-2)]).toEqual(["schema", "vacuum", "webhooks"]);
    await insertEndpoint(opened.db);
    expect((await checks()).slice(log.length - 1)).toEqual([
      "webhook queue",
      "webhook endpoints",
      "webhook jobs",
      "webhook payloads",
      "webhook partitions",
    ]);
  });

  test("asks nothing of tables that are missing", async () => {
    expect((await examine(inSchema(opened.db, "elsewhere"))).map(({ check }) => check)).toEqual(["schema"]);
  });
});

test("the app's role may look at everything about webhooks", async () => {
  const opened = await createTestDatabase();
  const role = `app_${randomBytes(4).toString("hex")}`;
  const asAdmin = (sql: string) =>
    administer(opened.adminUrl, async (admin) => void (await admin.query(sql)));
  await asAdmin(`create role ${role} login password 'test'`);
  const database = new URL(opened.url).pathname.slice(1);
  const pool = new Pool({ connectionString: databaseUrl(opened.server, database, role, "test") });
  try {
    await opened.db.transaction((tx) => grantAppRole(tx, role));
    await insertEndpoint(opened.db);
    const findings = await examine(pg(pool));
    expect(findings.map(({ check }) => check)).toContain("webhook partitions");
    expect(findings.filter(({ summary }) => summary.startsWith("Could not"))).toEqual([]);
  } finally {
    await pool.end();
    await asAdmin(`drop owned by ${role}; drop role ${role}`);
    await opened.drop();
  }
});
