import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { events } from "../../test/support/boardEvents.ts";
import { administer, databaseUrl } from "../../test/support/databaseServers.ts";
import { insertRawEvent } from "../../test/support/rawEvents.ts";
import {
  createTestDatabase,
  openPool,
  testServer,
  type PostgresTestDatabase,
} from "../../test/support/testDatabase.ts";
import { createTidings } from "../tidings.ts";
import { migrate, migrationScript, schemaState } from "./migrate.ts";
import { pg } from "./pg.ts";

let opened: PostgresTestDatabase;
const pools: Pool[] = [];
beforeEach(async () => {
  opened = await createTestDatabase({ migrated: false });
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  await opened.drop();
});

/** The database as those see it whose role or database has this setting. */
function withSetting(setting: string) {
  const pool = openPool({ connectionString: opened.url, options: `-c ${setting}` });
  pools.push(pool);
  return pg(pool);
}

const untilSomebodyWaits = () =>
  vi.waitFor(async () => {
    const waiting = await opened.db.query(
      "select 1 as found from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    expect(waiting).toHaveLength(1);
  }, 10_000);

test("a backslash in a text may be an escape (standard_conforming_strings off): partitions are found all the same", async () => {
  const db = withSetting("standard_conforming_strings=off");
  await migrate(db);
  const split =
    "select tidings.split_tail('events', 'id', 'domain', timestamptz '2101-01-01 00:00Z') as done";
  expect(await db.query(split)).toEqual([{ done: true }]);
  const month = "select tidings.split_month('messages', timestamptz '2101-01-01 00:00Z') as done";
  expect(await db.query(month)).toEqual([{ done: true }]);
  const dropped = "select tidings.drop_months('messages', timestamptz '2000-01-01 00:00Z') as dropped";
  expect(await db.query(dropped)).toEqual([{ dropped: 0 }]);
});

test.each(["LATIN1", "EUC_JP", "SQL_ASCII"])(
  "a database with the encoding %s is refused, and left alone",
  async (encoding) => {
    const { server } = opened;
    const name = `tidings_${randomBytes(6).toString("hex")}`;
    await administer(server.adminUrl, (admin) =>
      admin.query(
        `create database ${name} owner ${server.owner} encoding '${encoding}' lc_collate 'C' lc_ctype 'C' template template0`,
      ),
    );
    const pool = openPool({ connectionString: databaseUrl(server, name) });
    try {
      const refused = { code: "DATABASE_ENCODING", detail: expect.stringContaining(encoding) };
      await expect(migrate(pg(pool))).rejects.toMatchObject(refused);
      await expect(migrationScript(pg(pool))).rejects.toMatchObject(refused);
      expect(await schemaState(pg(pool))).toBe("missing");
    } finally {
      await pool.end();
      await administer(server.adminUrl, (admin) => admin.query(`drop database ${name} with (force)`));
    }
  },
);

test("who migrates waits for another who does, whatever lock_timeout the role has", async () => {
  const impatient = withSetting("lock_timeout=1ms");
  let migrated: Promise<unknown> | undefined;
  await opened.db.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtextextended('tidings.migrations', 0))");
    migrated = migrate(impatient);
    migrated.catch(() => undefined);
    await untilSomebodyWaits();
  });
  await migrated;
  expect(await schemaState(opened.db)).toBe("current");
  expect(await impatient.query("show lock_timeout")).toEqual([{ lock_timeout: "1ms" }]);
});

test.each(["repeatable read", "serializable"])(
  "a mark moves while another moves it, also where roles begin with %s",
  async (level) => {
    await migrate(opened.db);
    await insertRawEvent(opened.db, { account: "acme" });
    await opened.db.query("select tidings.tick()");
    const { marks } = createTidings({
      db: withSetting(`default_transaction_isolation=${level.replace(" ", "\\ ")}`),
      account: "acme",
      events,
    });
    await marks.seen({ reader: "user:ann", position: 0 });
    let moved: Promise<unknown> | undefined;
    await opened.db.transaction(async (tx) => {
      await tx.query("update tidings.read_marks set updated_at = now()");
      moved = marks.seen({ reader: "user:ann", position: 1 });
      moved.catch(() => undefined);
      await untilSomebodyWaits();
    });
    expect(await moved).toMatchObject({ seen: 1 });
  },
);

for (const name of ["embedded", "system"] as const) {
  test.skipIf(!testServer(name))(
    `default privileges open no partition, whoever makes it and when, on the ${name} server`,
    async () => {
      const server = testServer(name)!;
      const database = await createTestDatabase({ server: name, migrated: false });
      const [app, reader] = ["app", "reader"].map(
        (kind) => `tidings_${kind}_${randomBytes(4).toString("hex")}`,
      );
      await administer(server.adminUrl, (admin) =>
        admin.query(`create role ${app} login password 'test'; create role "${reader} x"`),
      );
      try {
        await database.db.query(`alter default privileges grant all on tables to ${app}, public`);
        await database.db.query(`alter default privileges grant select on tables to "${reader} x"`);
        await migrate(database.db, { appRole: app, readRole: `${reader} x` });
        expect(await openPartitions(database), "made by a migration").toEqual([]);

        const pool = openPool({
          connectionString: databaseUrl(server, new URL(database.url).pathname.slice(1), app!, "test"),
        });
        pools.push(pool);
        for (const make of [
          "select tidings.split_tail('events', 'id', 'domain', timestamptz '2101-01-01 00:00Z') as done",
          "select tidings.split_tail('timeline', 'event_id', null, timestamptz '2101-01-01 00:00Z') as done",
          "select tidings.split_month('messages', timestamptz '2101-01-01 00:00Z') as done",
        ])
          expect(await pg(pool).query(make)).toEqual([{ done: true }]);
        await database.db.query(`do $$ begin
          execute format('drop table tidings.messages_%s', to_char(now() at time zone 'utc', 'YYYY_MM'));
          execute format('create table tidings.old partition of tidings.messages for values from (minvalue) to (%L)', tidings.uuid7_floor('2001-01-01'));
        end $$`);
        expect(await pg(pool).query("select tidings.drop_months('messages', now()) as dropped")).toEqual([
          { dropped: 1 },
        ]);
        await expect(pool.query("delete from tidings.events_domain_tail")).rejects.toThrow(
          "permission denied",
        );
        expect(await openPartitions(database), "made by the worker").toEqual([]);
      } finally {
        await Promise.all(pools.splice(0).map((pool) => pool.end()));
        await database.drop();
        await administer(server.adminUrl, (admin) =>
          admin.query(`drop role ${app}; drop role "${reader} x"`),
        );
      }
    },
  );
}

/** Partitions that somebody has a right on besides their owner. */
async function openPartitions({ db }: PostgresTestDatabase) {
  return db.query<{ name: string }>(
    `select distinct c.oid::regclass::text as name from pg_class c cross join aclexplode(c.relacl) a
      where c.relnamespace = 'tidings'::regnamespace and c.relispartition and c.relkind = 'r' and a.grantee <> c.relowner`,
  );
}
