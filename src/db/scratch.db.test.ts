import type { PGlite } from "@electric-sql/pglite";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createTestDatabase,
  createTestPglite,
  openPool,
  type PostgresTestDatabase,
} from "../../test/support/testDatabase.ts";
import { pgScratch } from "./pgScratch.ts";
import { pgliteScratch } from "./pgliteScratch.ts";

describe("a scratch database on PostgreSQL", () => {
  let database: PostgresTestDatabase;
  let admin: Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    admin = openPool({ connectionString: database.adminUrl });
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });

  const exists = async (name: string) =>
    (await admin.query("select 1 from pg_database where datname = $1", [name])).rowCount === 1;

  test("is another database on the same server, prepared, and gone when dropped", async () => {
    const scratch = await pgScratch(admin, {
      prepare: (pool) => pool.query("create table users (id integer)"),
    });
    expect(scratch.name).toMatch(/^tidings_scratch_[0-9a-f]{12}$/);
    await scratch.db.transaction((tx) => tx.query("insert into users values (1)"));
    expect(await scratch.db.query("select current_database() as name, (select id from users)")).toEqual([
      { name: scratch.name, id: 1 },
    ]);
    expect((await admin.query("select to_regclass('users') as found")).rows).toEqual([{ found: null }]);
    await scratch.drop();
    await scratch.drop();
    expect(await exists(scratch.name)).toBe(false);
  });

  test("is dropped although somebody is still connected", async () => {
    const scratch = await pgScratch(admin, { prepare: async () => undefined });
    const url = new URL(database.adminUrl);
    url.pathname = scratch.name;
    const other = openPool({ connectionString: url.href });
    await other.query("select 1");
    await scratch.drop();
    expect(await exists(scratch.name)).toBe(false);
    await other.end();
  });

  test("does not outlive a preparation that failed", async () => {
    let name = "";
    const prepare = async (pool: Pool) => {
      name = (await pool.query<{ name: string }>("select current_database() as name")).rows[0]!.name;
      await pool.query("create table broken (");
    };
    await expect(pgScratch(admin, { prepare })).rejects.toMatchObject({ code: "42601" });
    expect(name).toMatch(/^tidings_scratch_/);
    expect(await exists(name)).toBe(false);
  });

  test("is refused to a role that may not create databases, saying what it needs", async () => {
    await expect(pgScratch(database.pool, { prepare: async () => undefined })).rejects.toMatchObject({
      code: "SCRATCH_REFUSED",
      message: expect.stringContaining("CREATEDB") as string,
    });
  });
});

describe("a scratch PGlite", () => {
  test("is prepared, its own, and closed when dropped", async () => {
    const opened: PGlite[] = [];
    const open = async () => {
      const { client } = await createTestPglite({ migrated: false });
      opened.push(client);
      return client;
    };
    const scratch = await pgliteScratch({
      open,
      prepare: (db) => db.exec("create table users (id integer)"),
    });
    expect(scratch.pglite).toBe(opened[0]);
    await scratch.db.transaction((tx) => tx.query("insert into users values (1)"));
    expect(await scratch.db.query("select id from users")).toEqual([{ id: 1 }]);
    await scratch.drop();
    await scratch.drop();
    expect(scratch.pglite.closed).toBe(true);
  });

  test("does not outlive a preparation that failed", async () => {
    let given: PGlite | undefined;
    const prepare = async (db: PGlite) => {
      given = db;
      await db.exec("create table broken (");
    };
    await expect(pgliteScratch({ prepare })).rejects.toThrow();
    expect(given!.closed).toBe(true);
  });
});
