import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { administer, databaseUrl } from "../../test/support/databaseServers.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent } from "../../test/support/rawEvents.ts";
import {
  createTestDatabase,
  openPool,
  type PostgresTestDatabase,
  type TestDatabase,
} from "../../test/support/testDatabase.ts";
import type { Database } from "./database.ts";
import { checkSchema, migrate, migrationScript, pendingMigrations, schemaState } from "./migrate.ts";
import { pg } from "./pg.ts";
import { inSchema, quoteIdentifier } from "./schema.ts";

describeOnDatabases("migrate", (open) => {
  let opened: TestDatabase;
  const begin = async () => (opened = await open({ migrated: false })).db;
  afterEach(() => opened.drop());

  test("takes a database from missing to current, once", async () => {
    const db = await begin();
    expect(await schemaState(db)).toBe("missing");
    const progress: string[] = [];
    const applied = await migrate(db, { onProgress: ({ name }) => progress.push(name) });
    expect(progress).toEqual(applied.map(({ name }) => name));
    expect(progress[0]).toBe("0001_tables.sql");
    expect(await schemaState(db)).toBe("current");
    expect(await pendingMigrations(db)).toEqual([]);
    expect(await migrate(db)).toEqual([]);
  });

  test("an applied migration that changed since is refused by name", async () => {
    const db = await begin();
    await migrate(db);
    await db.query("update tidings.migrations set checksum = 'other' where id = 1");
    await expect(migrate(db)).rejects.toMatchObject({
      code: "MIGRATION_CHANGED",
      detail: expect.stringContaining("0001_tables.sql"),
    });
  });

  test("a database that a newer version migrated is refused by name", async () => {
    const db = await begin();
    await migrate(db);
    await db.query("insert into tidings.migrations (id, name, checksum) values (9999, '9999_later.sql', '')");
    expect(await schemaState(db)).toBe("newer");
    await expect(migrate(db)).rejects.toMatchObject({
      code: "SCHEMA_NEWER",
      detail: expect.stringContaining("9999_later.sql"),
    });
  });

  test("a database without the latest migration is outdated", async () => {
    const db = await begin();
    await migrate(db);
    await db.query("delete from tidings.migrations where id = (select max(id) from tidings.migrations)");
    expect(await schemaState(db)).toBe("outdated");
    await expect(checkSchema(db)).rejects.toMatchObject({ code: "SCHEMA_OUTDATED" });
  });

  test("a migration that fails leaves nothing behind", async () => {
    const db = await begin();
    await expect(
      migrate(db, {
        onProgress: () => {
          throw new Error("stop");
        },
      }),
    ).rejects.toThrow("stop");
    expect(await schemaState(db)).toBe("missing");
    expect(await db.query("select 1 as found from pg_namespace where nspname = 'tidings'")).toEqual([]);
  });

  test.each(["tidings", "order"])(
    "the script, run by hand in the schema %s, gives what migrate gives",
    async (schema) => {
      const db = inSchema(await begin(), schema);
      const script = await migrationScript(db);
      // The transaction is in the script. Here `transaction` only lends a connection that runs several statements.
      await opened.db.transaction((tx) => tx.execute(`commit; ${script} begin;`));
      const byHand = await describeSchema(db, schema);
      expect(await schemaState(db)).toBe("current");
      expect(await migrate(db)).toEqual([]);
      expect(await migrationScript(db)).toBe("");

      await opened.drop();
      const migrated = inSchema(await begin(), schema);
      await migrate(migrated);
      expect(byHand).toEqual(await describeSchema(migrated, schema));
      expect(byHand.length).toBeGreaterThan(100);
    },
  );

  test.each(["table public.secrets (id int)", "function public.secret() returns int language sql return 1"])(
    "a schema that holds something of the app's (%s) is refused, and left alone",
    async (secret) => {
      const opened = await begin();
      const db = inSchema(opened, "public");
      await opened.query(`create ${secret}`);
      const refused = { code: "INVALID_OPTION", detail: expect.stringContaining("secret") };
      await expect(migrate(db)).rejects.toMatchObject(refused);
      await expect(migrationScript(db)).rejects.toMatchObject(refused);
      expect(await schemaState(db)).toBe("missing");
    },
  );

  test.each([
    ["tidings", "audit"],
    ["order", "tidings"],
    ["order", "audit"],
  ])("the schema %s, renamed to %s, is refused until it has its name again", async (before, after) => {
    const opened = await begin();
    await migrate(inSchema(opened, before));
    await opened.query(`alter schema "${before}" rename to ${after}`);
    const db = inSchema(opened, after);
    const refused = { code: "SCHEMA_RENAMED", detail: expect.stringMatching(`"${after}".* as "${before}"`) };
    await expect(migrate(db)).rejects.toMatchObject(refused);
    await expect(migrationScript(db)).rejects.toMatchObject(refused);
    await expect(checkSchema(db)).rejects.toMatchObject(refused);
    await opened.query(`alter schema ${after} rename to "${before}"`);
    await checkSchema(inSchema(opened, before));
  });

  test("ids follow each other in any schema", async () => {
    const db = inSchema(await begin(), "order");
    await migrate(db);
    const microseconds = await db.transaction(async (tx) => {
      const after = () => tx.query<{ us: string }>("select tidings.after_last(1000, 1)::text as us");
      return [...(await after()), ...(await after())].map(({ us }) => us);
    });
    expect(microseconds).toEqual(["1000", "1002"]);
  });

  test("two schemas of one database know nothing of each other", async () => {
    const db = await begin();
    const [one, other] = [inSchema(db, "order"), inSchema(db, "app_events")];
    await migrate(one);
    expect(await schemaState(other)).toBe("missing");
    await migrate(other);
    await insertRawEvent(one);
    expect(await one.query("select outcome from tidings.tick()")).toEqual([{ outcome: "ticked" }]);
    expect(await other.query("select outcome from tidings.tick()")).toEqual([{ outcome: "idle" }]);
    expect(await other.query("select id::text from tidings.events")).toEqual([]);
  });
});

describe("migrating on a server", () => {
  let opened: PostgresTestDatabase;
  beforeAll(async () => {
    opened = await createTestDatabase({ migrated: false });
  });
  afterAll(() => opened.drop());

  test("20 processes may migrate at once: one does the work", async () => {
    const pools = Array.from({ length: 20 }, () => openPool({ connectionString: opened.url, max: 1 }));
    const results = await Promise.all(pools.map((pool) => migrate(pg(pool))));
    await Promise.all(pools.map((pool) => pool.end()));
    expect(results.filter((applied) => applied.length > 0)).toHaveLength(1);
    expect(await schemaState(opened.db)).toBe("current");
  });

  test.each(["tidings", "order"])(
    "the script gives the roles what migrate gives them in the schema %s, at once or later",
    async (schema) => {
      const suffix = randomBytes(4).toString("hex");
      const roles = { appRole: `app "x" ${suffix}`, readRole: `reader $$ ${suffix}` };
      await administer(opened.adminUrl, async (admin) => {
        for (const role of Object.values(roles)) await admin.query(`create role ${quoteIdentifier(role)}`);
      });
      const described: string[][] = [];
      for (const way of ["migrate", "script", "migrate, then script"]) {
        const { db: database, drop } = await createTestDatabase({ migrated: false });
        const db = inSchema(database, schema);
        if (way !== "script") await migrate(db, way === "migrate" ? roles : {});
        const script = way === "migrate" ? "" : await migrationScript(db, roles);
        if (way !== "migrate") await database.transaction((tx) => tx.execute(`commit; ${script} begin;`));
        described.push(await describeSchema(db, schema));
        expect((await migrationScript(db, roles)).includes("create policy"), "policies that stand").toBe(
          false,
        );
        await drop();
      }
      expect(described[0]!.join("\n")).toMatch(/app/);
      expect(described[1]).toEqual(described[0]);
      expect(described[2]).toEqual(described[0]);
      await administer(opened.adminUrl, async (admin) => {
        for (const role of Object.values(roles)) await admin.query(`drop role ${quoteIdentifier(role)}`);
      });
    },
  );

  test("a role that may not create schemas migrates the one that was made for it", async () => {
    const role = `tidings_guest_${randomBytes(4).toString("hex")}`;
    await administer(opened.adminUrl, async (admin) => {
      await admin.query(`create role ${role} login password 'guest'`);
      await admin.query(`create schema made_for_it authorization ${role}`);
    });
    const database = new URL(opened.url).pathname.slice(1);
    const pool = openPool({ connectionString: databaseUrl(opened.server, database, role, "guest") });
    await expect(migrate(inSchema(pg(pool), "its_own"))).rejects.toThrow("permission denied for database");
    const db = inSchema(pg(pool), "made_for_it");
    await migrate(db);
    expect(await schemaState(db)).toBe("current");
    await pool.end();
    await administer(opened.adminUrl, (admin) => admin.query(`drop owned by ${role}; drop role ${role}`));
  });
});

/** Everything that migrations make, as sorted lines, under one name for the schema. */
async function describeSchema(db: Database, schema: string): Promise<string[]> {
  const rows = await db.query<{ line: string }>(
    `with namespace as (select oid from pg_namespace where nspname = $1)
     select line from (
       select concat_ws(' ', c.relkind, c.relname, c.relrowsecurity, c.relacl::text, c.reloptions::text,
                        pg_get_expr(c.relpartbound, c.oid)) as line
         from pg_class c, namespace n where c.relnamespace = n.oid
       union all
       select concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation,
                        pg_get_expr(d.adbin, d.adrelid))
         from namespace n join pg_class c on c.relnamespace = n.oid join pg_attribute a on a.attrelid = c.oid
         left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where a.attnum > 0
       union all
       select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(k.oid))
         from pg_constraint k, namespace n where connamespace = n.oid
       union all
       select concat_ws(' ', polrelid::regclass, polname, polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid))
         from pg_policy p join pg_class c on c.oid = p.polrelid, namespace n where c.relnamespace = n.oid
       union all
       select nspacl::text from pg_namespace n where n.nspname = $1
       union all
       select pg_get_indexdef(c.oid) from pg_class c, namespace n where c.relnamespace = n.oid and c.relkind in ('i', 'I')
       union all
       select concat_ws(' ', pg_get_functiondef(p.oid), p.proacl::text) from pg_proc p, namespace n where p.pronamespace = n.oid
     ) described order by line`,
    [schema],
  );
  // The owner's name differs between runs' servers, never within one.
  return rows.map(({ line }) => line);
}
