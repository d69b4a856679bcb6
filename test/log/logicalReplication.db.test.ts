import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { migrate } from "../../src/db/migrate.ts";
import { pg } from "../../src/db/pg.ts";
import { createTidings } from "../../src/tidings.ts";
import {
  embeddedBinaries,
  startPostgres,
  systemBinaries,
  type RunningPostgres,
} from "../support/postgres.ts";
import { itemEvents } from "./support/itemEvents.ts";

const run = promisify(execFile);
const binaries = systemBinaries();
const tools = binaries && dirname(binaries.postgres);
const able = tools !== undefined && existsSync(join(tools, "pg_dump"));

const actor = { type: "user", id: "ann", label: null };

/** As docs/log.md says it, from the oldest supported version to the newest: what people replicate logically for. */
describe.skipIf(!able)("logical replication into another cluster", () => {
  let clusters: RunningPostgres[] = [];
  let source: Pool;
  let target: Pool;
  beforeAll(async () => {
    const settings = ["fsync=off", "wal_level=logical"];
    clusters = await Promise.all([
      startPostgres(binaries!, { settings }),
      startPostgres(await embeddedBinaries(), { settings }),
    ]);
    [source, target] = clusters.map(({ url }) => new Pool({ connectionString: url })) as [Pool, Pool];
    for (const pool of [source, target]) pool.on("error", () => undefined); // the servers stop under them
  });
  afterAll(async () => {
    await Promise.all([source?.end(), target?.end()]);
    await Promise.all(clusters.map(({ stop }) => stop()));
  });

  const open = (pool: Pool) => {
    const tidings = createTidings({ db: pg(pool), events: itemEvents, account: "acme" });
    const handled: number[] = [];
    tidings.subscribe("copy", {
      from: "start",
      run: (events) => void handled.push(...events.map(({ data }) => (data as { n: number }).n)),
    });
    const record = async (...numbers: number[]) => {
      for (const n of numbers)
        await tidings.record(
          itemEvents.itemChanged({
            subject: { type: "item", id: "1", label: null },
            actor,
            data: { n },
            idempotencyKey: `k${n}`,
          }),
        );
    };
    return { tidings, handled, record };
  };

  const psql = async (url: string, sql: string) => {
    const loading = run(join(tools!, "psql"), ["--quiet", "-v", "ON_ERROR_STOP=1", url]);
    loading.child.stdin!.end(sql);
    await loading;
  };
  const dump = async (program: string, ...parameters: string[]) =>
    (await run(join(tools!, program), parameters, { maxBuffer: 64 * 1024 * 1024 })).stdout;

  /** Until the copies are complete and all that is committed by now was applied. */
  async function untilApplied(): Promise<void> {
    const [now] = (await source.query<{ lsn: string }>("select pg_current_wal_lsn()::text as lsn")).rows;
    await vi.waitFor(async () => {
      const copying =
        "select srrelid::regclass::text as name from pg_subscription_rel where srsubstate <> 'r'";
      expect((await target.query(copying)).rows).toEqual([]);
      const applied =
        "select from pg_stat_replication where application_name = 'tidings' and replay_lsn >= $1::pg_lsn";
      expect((await source.query(applied, [now!.lsn])).rows).toHaveLength(1);
    }, 60_000);
  }

  test("the log goes on there: nothing is missed, nothing comes twice, also what is recorded before the first tick", async () => {
    const [from, to] = clusters.map(({ url }) => url) as [string, string];
    await source.query("create role app");
    await migrate(pg(source), { appRole: "app" });
    await source.query("create table items (id int primary key)"); // the app's own
    const before = open(source);
    await before.record(1, 2, 3);
    await before.tidings.work();
    // As after an earlier move: a line under what came with it.
    await source.query("update tidings.sequencer set floor_seq = 3");

    const roles = await dump("pg_dumpall", "--roles-only", "--no-role-passwords", "-d", from);
    await psql(to, roles.replace(/^(CREATE|ALTER) ROLE postgres\b.*$/gm, ""));
    await psql(to, await dump("pg_dump", "--schema-only", from));
    await source.query("create publication tidings for all tables with (publish_via_partition_root = true)");
    await target.query(`create subscription tidings connection '${from}' publication tidings`);
    await source.query("insert into items values (1)");
    // The source goes on: a partition that only it has, and a sweep, which changes the sequencer's key.
    const [at] = (
      await source.query<{ name: string }>(
        "select tableoid::regclass::text as name from tidings.events limit 1",
      )
    ).rows;
    await source.query(`alter table ${at!.name} rename to of_the_source_alone`);
    await before.record(4, 5);
    await source.query("select tidings.sweep()");
    await before.tidings.work();
    await before.record(6); // has no position yet
    await untilApplied();
    await target.query("drop subscription tidings");
    expect((await target.query("select id from items")).rows).toEqual([{ id: 1 }]);

    const after = open(target);
    const repairs: unknown[] = [];
    after.tidings.signals.on("sequencer.repaired", (signal) => repairs.push(signal));
    await after.record(7);
    expect(await after.tidings.work()).toEqual({ caughtUp: true, position: 7 });
    expect(repairs).toEqual([{ assigned: 2, lastPosition: 7 }]);
    await after.record(8, 4); // 4 is the repeat of a key
    expect(await open(target).tidings.work()).toEqual({ caughtUp: true, position: 8 });
    const numbers = await target.query<{ n: number }>(
      `select (e.data->>'n')::int as n from tidings.event_order o
         join tidings.events e on (e.account_id, e.lane, e.id) = (o.account_id, o.lane, o.event_id) order by pos`,
    );
    expect(numbers.rows.map(({ n }) => n).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(before.handled).toEqual([1, 2, 3, 4, 5]);
    expect(after.handled.toSorted()).toEqual([6, 7]);
  }, 120_000);
});
