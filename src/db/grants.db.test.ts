import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { administer, databaseUrl } from "../../test/support/databaseServers.ts";
import { events } from "../../test/support/boardEvents.ts";
import { movesOfCards } from "../../test/support/boardProjections.ts";
import { insertRawEvent } from "../../test/support/rawEvents.ts";
import {
  createTestDatabase,
  openPool,
  testServer,
  type PostgresTestDatabase,
} from "../../test/support/testDatabase.ts";
import type { Database } from "./database.ts";
import { blindWorkers, checkEventsVisible, grantAppRole, grantReadRole } from "./grants.ts";
import { checkSchema, migrate } from "./migrate.ts";
import { pg } from "./pg.ts";
import { inSchema, quoteIdentifier } from "./schema.ts";
import { createTidings } from "../tidings.ts";

const NEXT_CENTURY = "timestamptz '2101-01-01 00:00Z'";

for (const server of ["embedded", "system"] as const) {
  for (const schema of ["tidings", "order"]) {
    describe.skipIf(!testServer(server))(`grants in the schema ${schema} on the ${server} server`, () => {
      let opened: PostgresTestDatabase;
      const pools: Pool[] = [];
      // A name that needs quotes, as long as PostgreSQL allows: policies carry the role's name.
      const named = (kind: string) => `${kind} "x" ${randomBytes(4).toString("hex")}`.padEnd(63, "-");
      const roles = { app: named("app"), reader: named("reader"), stranger: named("stranger") };
      let owner: Database;
      let app: Database;
      let reader: Database;
      let stranger: Database;

      beforeAll(async () => {
        opened = await createTestDatabase({ server, migrated: false });
        await administer(opened.adminUrl, async (admin) => {
          for (const role of Object.values(roles)) {
            await admin.query(`create role ${quoteIdentifier(role)} login password 'test'`);
          }
        });
        owner = inSchema(opened.db, schema);
        [app, reader, stranger] = Object.values(roles).map((role) => {
          const database = new URL(opened.url).pathname.slice(1);
          const pool = openPool({ connectionString: databaseUrl(opened.server, database, role, "test") });
          pools.push(pool);
          return inSchema(pg(pool), schema);
        }) as [Database, Database, Database];
        await migrate(owner, { appRole: roles.app, readRole: roles.reader });
        for (const account of ["acme", "acme", "globex"]) {
          const id = await insertRawEvent(app, { account });
          await app.query("insert into tidings.timeline values ($1, 'card:1', 'domain', $2, 'card.moved')", [
            account,
            id,
          ]);
        }
      });
      afterAll(async () => {
        await Promise.all(pools.map((pool) => pool.end()));
        await opened.drop();
        await administer(opened.server.adminUrl, async (admin) => {
          for (const role of Object.values(roles)) await admin.query(`drop role ${quoteIdentifier(role)}`);
        });
      });

      const partitions = async () => {
        const rows = await owner.query<{ name: string }>(
          "select inhrelid::regclass::text as name from pg_inherits where inhparent in ('tidings.events'::regclass, 'tidings.timeline'::regclass)",
        );
        return rows.map(({ name }) => name);
      };

      test("neither the owner nor the app changes or deletes what happened, not in a partition either", async () => {
        const tables = ["tidings.events", "tidings.timeline", ...(await partitions())];
        expect(tables.length).toBe(2 + 4 * 3 + 3);
        for (const db of [owner, app]) {
          for (const table of tables) {
            await expect(db.query(`update ${table} set type = 'x'`)).rejects.toThrow("permission denied");
            await expect(db.query(`delete from ${table}`)).rejects.toThrow("permission denied");
            await expect(db.query(`truncate ${table}`)).rejects.toThrow("permission denied");
          }
        }
      });

      test("the app records, reads every account, and runs the sequencer", async () => {
        expect(await app.query("select count(*)::float8 as events from tidings.events")).toEqual([
          { events: 3 },
        ]);
        expect(await app.query("select count(*)::float8 as entries from tidings.timeline")).toEqual([
          { entries: 3 },
        ]);
        expect(await app.query("select outcome, last_position from tidings.tick()")).toEqual([
          { outcome: "ticked", last_position: "3" },
        ]);
        expect(await app.query("select outcome from tidings.sweep()")).toEqual([{ outcome: "idle" }]);
        expect(await app.query("select outcome from tidings.repair()")).toEqual([{ outcome: "sound" }]);
        await expect(app.query("delete from tidings.event_order")).rejects.toThrow("permission denied");
        await expect(app.query("update tidings.migrations set checksum = ''")).rejects.toThrow(
          "permission denied",
        );
      });

      test("the app moves read marks and keeps filters", async () => {
        const move =
          "select seen::int, read::int from tidings.move_marks('acme', 'user:ann', 'account', 1, 0, '{}')";
        const mark = { seen: expect.any(Number) as number, read: expect.any(Number) as number };
        expect(await app.query(move)).toEqual([mark]);
        await app.query(
          `insert into tidings.saved_filters (account_id, owner, name, filter, shared)
           values ('acme', 'user:ann', 'mine', '{}', false)`,
        );
        await app.query("delete from tidings.saved_filters");
        for (const table of ["read_marks", "saved_filters"]) {
          await expect(reader.query(`select 1 from tidings.${table}`)).rejects.toThrow(/permission denied/);
        }
      });

      test("the app makes partitions through split_tail, and can do nothing else to the tables", async () => {
        const split = `select tidings.split_tail('events', 'id', 'system', ${NEXT_CENTURY}) as done`;
        expect(await app.query(split)).toEqual([{ done: true }]);
        expect(await partitions()).toContainEqual(expect.stringContaining("events_system_2100_12"));
        await expect(
          app.query("select tidings.split_tail('sequencer', 'id', 'system', now())"),
        ).rejects.toThrow("does not keep the table sequencer");
        await expect(app.query("drop table tidings.events")).rejects.toThrow("must be owner");
        await expect(stranger.query(split)).rejects.toThrow("permission denied");
      });

      test("the read role sees the account that its transaction named, and nothing without one", async () => {
        const counts = (account?: string) =>
          reader.transaction(async (tx) => {
            // The name has two parts here for the same reason as in grants.ts.
            if (account !== undefined)
              await tx.query("select set_config('tidings' || '.account', $1, true)", [account]);
            const [row] = await tx.query<{ events: number; entries: number }>(
              `select (select count(*) from tidings.events)::float8 as events,
                      (select count(*) from tidings.timeline)::float8 as entries`,
            );
            return row;
          });
        expect(await counts("acme")).toEqual({ events: 2, entries: 2 });
        expect(await counts("globex")).toEqual({ events: 1, entries: 1 });
        expect(await counts("nobody")).toEqual({ events: 0, entries: 0 });
        expect(await counts()).toEqual({ events: 0, entries: 0 });
      });

      test("the read role reaches nothing else", async () => {
        const attempts = [
          ...["event_order", "sequencer", "subscriptions", "idempotency_keys", "migrations"].map(
            (t) => `select from tidings.${t}`,
          ),
          ...(await partitions()).map((partition) => `select from ${partition}`),
          `select tidings.split_tail('events', 'id', 'domain', ${NEXT_CENTURY})`,
          "select tidings.repair()",
          "select tidings.tick()",
          "insert into tidings.timeline values ('acme', 'card:1', 'domain', gen_random_uuid(), 'card.moved')",
        ];
        for (const attempt of attempts)
          await expect(reader.query(attempt), attempt).rejects.toThrow("permission denied");
      });

      test("who does not see every event is not let near the log's readers, and who does is", async () => {
        for (const db of [owner, app]) await checkEventsVisible(db);
        expect(await blindWorkers(owner)).toEqual([]);
        await expect(checkEventsVisible(reader)).rejects.toMatchObject({ code: "EVENTS_HIDDEN" });
        // All rights of an app role, granted by hand: without the policy it sees positions and no events.
        const to = quoteIdentifier(roles.stranger);
        const [{ name } = { name: "" }] = await owner.query<{ name: string }>(
          "select relnamespace::regnamespace::text as name from pg_class where oid = 'tidings.events'::regclass",
        );
        await owner.query(`grant usage on schema ${name} to ${to}`);
        await owner.query(`grant all on all tables in schema ${name} to ${to}`);
        await expect(checkEventsVisible(stranger)).rejects.toMatchObject({
          code: "EVENTS_HIDDEN",
          // The command that the message names would grant on the default schema.
          detail: expect.stringMatching(
            schema === "tidings"
              ? /events and .*timeline$/
              : /events and .*timeline\. .* takes --schema order$/,
          ),
        });
        expect(await blindWorkers(owner)).toEqual([roles.stranger]);
        const tidings = createTidings({ db: stranger, events });
        await expect(tidings.start()).rejects.toMatchObject({ code: "EVENTS_HIDDEN" });
        const clear = () => expect.unreachable("nothing was cleared");
        for (const options of [{ clear }, { dryRun: true, clear }])
          await expect(tidings.replay(options)).rejects.toMatchObject({ code: "EVENTS_HIDDEN" });
        const moves = { initial: 0, on: { "card.moved": (state: number) => state + 1 } };
        const of = { account: "acme" };
        for (const db of [reader, stranger]) {
          const folded = createTidings({ db, events }).fold("card:1", moves, of);
          await expect(folded, "the initial state, in silence").rejects.toMatchObject({
            code: "EVENTS_HIDDEN",
          });
        }
        const { projections } = createTidings({ db: stranger, events, projections: [movesOfCards()] });
        for (const built of [
          projections.rebuild("moves"),
          projections.at("moves", { position: 1 }, () => expect.unreachable("empty tables were given")),
        ])
          await expect(built).rejects.toMatchObject({ code: "EVENTS_HIDDEN" });
        await owner.transaction((tx) => grantAppRole(tx, roles.stranger));
        expect(await tidings.fold("card:1", moves, of), "what was refused is asked again").toBe(2);
        await checkEventsVisible(stranger);
        await owner.query(`revoke all on all tables in schema ${name} from ${to}`);
        await owner.query(`revoke all on schema ${name} from ${to}`);
      });

      test("a role without grants reaches nothing", async () => {
        await expect(stranger.query("select from tidings.events")).rejects.toThrow(
          "permission denied for schema",
        );
      });

      test("a table that shows the app no rows, by row level security that somebody switched on, is named and not called missing", async () => {
        await owner.query("alter table tidings.migrations enable row level security");
        const refused = { code: "ROWS_HIDDEN", detail: expect.stringContaining("migrations") };
        await expect(checkSchema(app)).rejects.toMatchObject(refused);
        await checkSchema(owner);
        await owner.query("alter table tidings.migrations disable row level security");
        await checkSchema(app);
      });

      test("the last grant counts: an app role that becomes a read role loses the rest", async () => {
        await owner.transaction((tx) => grantAppRole(tx, roles.stranger));
        await insertRawEvent(stranger, { account: "initech" });
        await owner.transaction((tx) => grantReadRole(tx, roles.stranger));
        await expect(insertRawEvent(stranger)).rejects.toThrow("permission denied");
        expect(await stranger.query("select id::text from tidings.events")).toEqual([]);
      });

      test("everybody is not a role", async () => {
        const attempt = owner.transaction((tx) => grantAppRole(tx, "public"));
        await expect(attempt).rejects.toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
      });
    });
  }
}
