import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pg } from "../../src/db/pg.ts";
import { createTidings } from "../../src/tidings.ts";
import { administer, databaseUrl } from "../support/databaseServers.ts";
import { startPostgres, systemBinaries, type RunningPostgres } from "../support/postgres.ts";
import { testServer } from "../support/testDatabase.ts";
import { writeDown } from "./support/handler.ts";
import { itemEvents } from "./support/itemEvents.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

const run = promisify(execFile);
const binaries = systemBinaries();
const tools = binaries && dirname(binaries.postgres);
// npm's PostgreSQL brings neither of the two programs.
const able = testServer("system") !== undefined && tools !== undefined && existsSync(join(tools, "pg_dump"));

describe.skipIf(!able)(
  able
    ? "a log restored into another cluster"
    : "a log restored into another cluster: no pg_dump on this machine",
  () => {
    let log: LogUnderTest;
    let elsewhere: RunningPostgres;
    let pool: Pool;
    beforeAll(async () => {
      [log, elsewhere] = await Promise.all([openLog({ server: "system" }), startPostgres(binaries!)]);
    });
    afterAll(async () => {
      await pool?.end();
      await log?.close();
      await elsewhere?.stop();
    });

    /** Moves the cluster's counter of transaction ids on. */
    const burn = (url: string, transactions: number) =>
      administer(url, (admin) =>
        admin.query(
          `do $$ begin for i in 1..${transactions} loop perform pg_current_xact_id(); commit; end loop; end $$`,
        ),
      );

    /** The database as a dump carries it, on a server whose transaction ids are behind those in the rows. */
    async function restore(): Promise<string> {
      const { server, url } = log.database;
      const there = { ...server, adminUrl: elsewhere.url };
      await administer(elsewhere.url, async (admin) => {
        await admin.query(`create role ${server.owner} login password '${server.password}'`);
        await admin.query(`create database restored owner ${server.owner}`);
      });
      const restored = databaseUrl(there, "restored");
      const { stdout: dump } = await run(join(tools!, "pg_dump"), [url], { maxBuffer: 64 * 1024 * 1024 });
      const loading = run(join(tools!, "psql"), ["--quiet", "-v", "ON_ERROR_STOP=1", restored]);
      loading.child.stdin!.end(dump);
      await loading;
      return restored;
    }

    test("goes on: positions and checkpoints are kept, what had no position gets one, nothing comes twice", async () => {
      const behaviour = { exit: () => undefined, pause: async () => undefined };
      const before = log.open();
      before.subscribe("copy", { from: "start", run: writeDown("copy", behaviour) });
      await burn(log.database.adminUrl, 5_000);
      for (let n = 1; n <= 5; n++) await log.record(n);
      await before.work();
      for (let n = 6; n <= 7; n++) await log.record(n); // committed, and dumped before any tick

      pool = new Pool({ connectionString: await restore() });
      const open = () => {
        const tidings = createTidings({ db: pg(pool), events: itemEvents, account: "acme" });
        tidings.subscribe("copy", { from: "start", run: writeDown("copy", behaviour) });
        return tidings;
      };
      const tidings = open();
      const repairs: unknown[] = [];
      tidings.signals.on("sequencer.repaired", (signal) => repairs.push(signal));
      expect(await tidings.work()).toEqual({ caughtUp: true, position: 7 });
      expect(repairs).toEqual([{ assigned: 2, lastPosition: 7 }]);

      const record = (n: number) =>
        tidings.run({ actor: { type: "user", id: "ann", label: null } }, () =>
          tidings.record(
            itemEvents.itemChanged({ subject: { type: "item", id: "1", label: null }, data: { n } }),
          ),
        );
      await record(8);
      const dumpedAhead = async () => {
        const { rows } = await pool.query<{ ahead: number }>(
          "select greatest(0, max(xid::text::bigint) - pg_current_xact_id()::text::bigint)::int as ahead from tidings.events",
        );
        return rows[0]!.ahead; // other tests use the first cluster's ids as well
      };
      // Past the ids that the dumped rows carry: to a tick without the repair they would look new.
      await burn(elsewhere.url, (await dumpedAhead()) + 3_000);
      expect(await tidings.work()).toEqual({ caughtUp: true, position: 8 });
      await record(9);
      expect(await open().work()).toEqual({ caughtUp: true, position: 9 });

      const numbers = async (sql: string) => (await pool.query<{ n: number }>(sql)).rows.map(({ n }) => n);
      const upTo9 = [1, 2, 3, 4, 5, 6, 7, 8, 9];
      expect(await numbers("select n from handled order by serial")).toEqual(upTo9);
      expect(
        await numbers(
          `select (e.data->>'n')::int as n from tidings.event_order o
             join tidings.events e on (e.account_id, e.lane, e.id) = (o.account_id, o.lane, o.event_id) order by pos`,
        ),
      ).toEqual(upTo9);
      const xids = await pool.query<{ passed: boolean }>(
        "select max(xid::text::bigint) < pg_current_xact_id()::text::bigint as passed from tidings.events",
      );
      expect(xids.rows, "the counter has passed the dumped ids").toEqual([{ passed: true }]);
    });
  },
);
