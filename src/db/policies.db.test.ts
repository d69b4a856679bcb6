import { randomBytes } from "node:crypto";
import type { PoolClient } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { administer } from "../../test/support/databaseServers.ts";
import { insertRawEvent } from "../../test/support/rawEvents.ts";
import {
  createTestDatabase,
  testServer,
  type PostgresTestDatabase,
} from "../../test/support/testDatabase.ts";
import { grantAppRole, grantReadRole } from "./grants.ts";
import { migrate } from "./migrate.ts";
import { quoteIdentifier } from "./schema.ts";

for (const server of ["embedded", "system"] as const) {
  describe.skipIf(!testServer(server))(`roles while others read, on the ${server} server`, () => {
    let opened: PostgresTestDatabase;
    /** In a transaction of its own, as a dump reads. */
    let reader: PoolClient;
    const role = `role "x" ${randomBytes(4).toString("hex")}`;

    beforeAll(async () => {
      opened = await createTestDatabase({ server });
      await administer(opened.adminUrl, (admin) => admin.query(`create role ${quoteIdentifier(role)}`));
    });
    afterAll(async () => {
      await opened.drop();
      await administer(opened.server.adminUrl, (admin) => admin.query(`drop role ${quoteIdentifier(role)}`));
    });
    beforeEach(async () => {
      reader = await opened.pool.connect();
      // Waits for others end with an error and not with the test's time.
      await reader.query("begin; set local lock_timeout = '10s'");
    });
    afterEach(async () => {
      await reader.query("rollback");
      reader.release();
      for (const table of ["events", "timeline"]) {
        await opened.db.query(`drop policy if exists ${quoteIdentifier(role)} on tidings.${table}`);
      }
      await opened.db.query(`revoke all on all tables in schema tidings from ${quoteIdentifier(role)}`);
    });

    const untilTimelineIsWaitedFor = () =>
      vi.waitFor(async () => {
        const waiting = await opened.db.query(
          `select 1 as found from pg_locks
            where relation = 'tidings.timeline'::regclass and mode = 'AccessExclusiveLock' and not granted`,
        );
        expect(waiting).toHaveLength(1);
      }, 10_000);

    const policies = () =>
      opened.db.query(
        "select tablename::text as table, cmd, qual from pg_policies where policyname = $1 order by tablename",
        [role],
      );

    test.each([
      "select tidings.split_tail('events', 'id', 'domain', timestamptz '2101-01-01 00:00Z')",
      "select tidings.split_month('messages', timestamptz '2101-01-01 00:00Z')",
      "select tidings.drop_months('messages', timestamptz '2000-01-01 00:00Z')",
    ])("rights wait for who makes or drops partitions: %s", async (change) => {
      await reader.query(change);
      const migrated = migrate(opened.db, { appRole: role });
      migrated.catch(() => undefined);
      await vi.waitFor(async () => {
        const waiting = await opened.db.query(
          "select 1 as found from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        expect(waiting).toHaveLength(1);
      }, 10_000);
      await reader.query("commit");
      await migrated;
    });

    test.each([
      ["appRole", grantAppRole],
      ["readRole", grantReadRole],
    ])("a role that stands (%s) is granted again and stops nobody", async (_kind, grant) => {
      await opened.db.transaction((tx) => grant(tx, role));
      await reader.query("select from tidings.events; select from tidings.timeline");
      const before = await policies();
      expect(before).toHaveLength(2);
      const strong = await opened.db.transaction(async (tx) => {
        await tx.query("set local lock_timeout = '10s'");
        await grant(tx, role);
        return tx.query(
          `select relation::regclass::text as table, mode from pg_locks
            where pid = pg_backend_pid() and locktype = 'relation'
              and mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')`,
        );
      });
      expect(strong).toEqual([]);
      expect(await policies()).toEqual(before);
    });

    test("a policy that somebody changed is set right", async () => {
      await opened.db.transaction((tx) => grantAppRole(tx, role));
      const before = await policies();
      await opened.db.query(`alter policy ${quoteIdentifier(role)} on tidings.events using (false)`);
      await opened.db.transaction((tx) => grantAppRole(tx, role));
      expect(await policies()).toEqual(before);
    });

    test("a new role lets others have their turn until a long reader is done", async () => {
      await reader.query("select from tidings.events; select from tidings.timeline");
      const patience = { lockMs: 50, pauseMs: 50, tries: Infinity };
      const granted = opened.db.transaction((tx) => grantAppRole(tx, role, patience));
      await untilTimelineIsWaitedFor();
      await opened.db.transaction(async (tx) => {
        await tx.query("set local lock_timeout = '10s'");
        await tx.query("select from tidings.timeline");
        await insertRawEvent(tx);
      });
      await reader.query("commit");
      await granted;
      expect(await policies()).toHaveLength(2);
    });

    test("a new role locks in the order of timelines: who reads one goes on", async () => {
      await reader.query("select from tidings.timeline");
      const patience = { lockMs: 60_000, pauseMs: 0, tries: 1 };
      const granted = opened.db.transaction((tx) => grantAppRole(tx, role, patience));
      await untilTimelineIsWaitedFor();
      await reader.query("select from tidings.events");
      await reader.query("commit");
      await granted;
    });

    test("a new role is given up, and has nothing, while somebody reads without end", async () => {
      await reader.query("select from tidings.events");
      const patience = { lockMs: 20, pauseMs: 1, tries: 3 };
      const granted = opened.db.transaction((tx) => grantAppRole(tx, role, patience));
      await expect(granted).rejects.toMatchObject({ code: "TABLES_IN_USE", detail: "timeline and events" });
      const rights = "select has_table_privilege($1, 'tidings.events', 'select') as reads";
      expect(await opened.db.query(rights, [role])).toEqual([{ reads: false }]);
    });

    test("the transaction keeps its own lock_timeout", async () => {
      await opened.db.transaction(async (tx) => {
        await tx.query("set local lock_timeout = '7s'");
        await grantAppRole(tx, role);
        expect(await tx.query("select current_setting('lock_timeout') as timeout")).toEqual([
          { timeout: "7s" },
        ]);
      });
    });
  });
}
