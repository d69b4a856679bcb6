import { randomBytes } from "node:crypto";
import type { PGlite } from "@electric-sql/pglite";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createTestDatabase,
  createTestPglite,
  openPool,
  type PostgresTestDatabase,
} from "../../test/support/testDatabase.ts";
import { examine } from "../doctor.ts";
import { pg } from "./pg.ts";
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

  const urlOf = (name: string) => {
    const url = new URL(database.adminUrl);
    url.pathname = name;
    return url.href;
  };

  test("is another database on the same server, prepared, and gone when dropped", async () => {
    const scratch = await pgScratch(admin, {
      prepare: (pool) => pool.query("create table users (id integer)"),
    });
    expect(scratch.name).toMatch(/^tidings_scratch_[0-9a-f]{8}_[0-9a-f]{12}$/);
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
    const other = openPool({ connectionString: urlOf(scratch.name) });
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

  test("drops those before that nobody is connected to, and no other", async () => {
    const hex = () => randomBytes(6).toString("hex");
    const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1_000 - seconds).toString(16);
    const orphaned = `tidings_scratch_${secondsAgo(3_600)}_${hex()}`;
    const used = `tidings_scratch_${secondsAgo(3_600)}_${hex()}`;
    const young = `tidings_scratch_${secondsAgo(60)}_${hex()}`;
    const others = `tidings_scratch_of_the_app_${hex()}`;
    for (const name of [orphaned, used, young, others]) await admin.query(`create database ${name}`);
    const user = openPool({ connectionString: urlOf(used) });
    const connected = await user.connect();
    expect((await examine(pg(admin))).at(-1)).toMatchObject({
      check: "scratch databases",
      status: "warning",
      fix: expect.stringContaining(`drop database "${orphaned}";`) as string,
    });
    const scratch = await pgScratch(admin, { prepare: async () => undefined });
    expect(await Promise.all([orphaned, used, young, others].map(exists))).toEqual([false, true, true, true]);
    await scratch.drop();
    connected.release();
    await user.end();
    for (const name of [used, young, others]) await admin.query(`drop database ${name} with (force)`);
  });

  test("somebody is connected to it as long as it is there, also when its connections rest or are lost", async () => {
    const scratch = await pgScratch(admin, { prepare: async () => undefined });
    const sessions = async () =>
      (
        await admin.query<{ pid: number }>("select pid from pg_stat_activity where datname = $1", [
          scratch.name,
        ])
      ).rows.map(({ pid }) => pid);
    const [first, ...others] = await sessions();
    expect(others).toEqual([]);
    await admin.query("select pg_terminate_backend($1)", [first]);
    await expect.poll(async () => (await sessions()).filter((pid) => pid !== first)).toHaveLength(1);
    await scratch.drop();
    expect(await sessions()).toEqual([]);
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
