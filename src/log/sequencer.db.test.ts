import { afterEach, beforeEach, expect, test } from "vitest";
import { administer } from "../../test/support/databaseServers.ts";
import { eventRow } from "../../test/support/eventRow.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import { createTestDatabase, openPool, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import type { Database } from "../db/database.ts";
import { pg } from "../db/pg.ts";
import { createSignals, type SignalMap } from "../signals.ts";
import { createAppend, createAppendExpression } from "./append.ts";
import { createSequencer, sequencerDefaults, type Sequencer } from "./sequencer.ts";

let database: PostgresTestDatabase;
let sequencer: Sequencer | undefined;
beforeEach(async () => (database = await createTestDatabase()));
afterEach(async () => {
  await sequencer?.loop.stop();
  sequencer = undefined;
  await database.drop();
});

const signals = () => {
  const all = createSignals();
  return {
    all,
    next: <Name extends keyof SignalMap>(name: Name) =>
      new Promise<SignalMap[Name]>((resolve) => all.on(name, resolve)),
  };
};

test("a tick tells what it gave and up to where, also when another process gave it", async () => {
  const { all, next } = signals();
  const told: number[] = [];
  sequencer = createSequencer(database.db, all, (position) => told.push(position));
  const ticked = next("sequencer.ticked");
  await insertRawEvent(database.db);
  await insertRawEvent(database.db);
  expect(await sequencer.tick()).toEqual({ outcome: "ticked", assigned: 2, lastPosition: 2 });
  expect(await ticked).toMatchObject({ assigned: 2, lastPosition: 2 });
  expect(await sequencer.tick()).toEqual({ outcome: "idle", assigned: 0, lastPosition: 2 });
  await insertRawEvent(database.db);
  await createSequencer(database.db, createSignals(), () => undefined).tick();
  await sequencer.tick();
  expect(told).toEqual([2, 2, 3]);
});

test("ticks in READ COMMITTED, although the database's default is another level", async () => {
  const pool = openPool({
    connectionString: database.url,
    options: "-c default_transaction_isolation=serializable",
  });
  sequencer = createSequencer(pg(pool), createSignals(), () => undefined);
  await insertRawEvent(database.db);
  expect(await sequencer.tick()).toEqual({ outcome: "ticked", assigned: 1, lastPosition: 1 });
  await pool.end();
});

test("no limit of time that the role's statements have cancels a tick, a sweep or a repair", async () => {
  const pool = openPool({
    connectionString: database.url,
    options: "-c statement_timeout=10min -c transaction_timeout=10min",
  });
  // What takes longer than any limit, without the wait: each of the three calls this.
  await database.db.query(
    `create or replace function tidings.cluster_identifier() returns text language plpgsql as $$
     begin
       if current_setting('statement_timeout') <> '0' or current_setting('transaction_timeout') <> '0' then
         raise query_canceled;
       end if;
       return 'here';
     end $$`,
  );
  const { all, next } = signals();
  sequencer = createSequencer(pg(pool), all, () => undefined, { tickMs: 1, idleTickMs: 1, sweepMs: 50 });
  await insertRawEvent(database.db);
  await database.db.query("update tidings.sequencer set system_identifier = 'another'");
  expect(await sequencer.tick()).toEqual({ outcome: "repaired", assigned: 1, lastPosition: 1 });
  await insertRawEvent(database.db);
  expect(await sequencer.tick()).toEqual({ outcome: "ticked", assigned: 1, lastPosition: 2 });
  await insertRawEvent(database.db, { id: uuid7At(Date.now() - 3 * 86_400_000) });
  const swept = next("sequencer.swept");
  sequencer.loop.start();
  expect(await swept).toMatchObject({ assigned: 1, lastPosition: 3 });
  await sequencer.loop.stop();
  await pool.end();
});

test("a log that moved to another cluster is repaired by the tick that notices", async () => {
  const { all, next } = signals();
  sequencer = createSequencer(database.db, all, () => undefined);
  await insertRawEvent(database.db);
  await database.db.query("update tidings.sequencer set system_identifier = 'another'");
  const repaired = next("sequencer.repaired");
  expect(await sequencer.tick()).toEqual({ outcome: "repaired", assigned: 1, lastPosition: 1 });
  expect(await repaired).toEqual({ assigned: 1, lastPosition: 1 });
  expect(await sequencer.tick()).toMatchObject({ outcome: "idle" });
});

test("what is recorded while a repair waits for a writer gets a position behind it", async () => {
  sequencer = createSequencer(database.db, createSignals(), () => undefined);
  for (let n = 0; n < 5; n++) await insertRawEvent(database.db);
  await sequencer.tick();
  // As logical replication leaves it, which carries no values of sequences.
  await database.db.query("select setval('tidings.event_seq', 1, false)");
  await database.db.query("update tidings.sequencer set system_identifier = 'another'");
  const append = createAppend(createAppendExpression({ notify: false, keepKeysSeconds: 60 }));
  const waiters = async () => {
    const { rowCount } = await database.pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rowCount;
  };
  const waiting: Promise<unknown>[] = [];
  await database.db.transaction(async (tx) => {
    await append(tx, [eventRow]);
    waiting.push(database.db.query("select tidings.repair()::text as repaired"));
    await expect.poll(waiters).toBe(1);
    waiting.push(append(database.db, [eventRow]));
    await expect.poll(waiters).toBe(2);
  });
  await Promise.all(waiting);
  await sequencer.tick();
  const [{ positions }] = (await database.db.query(
    "select array_to_json(array_agg(pos order by pos))::text as positions from tidings.event_order",
  )) as [{ positions: string }];
  expect(JSON.parse(positions)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("a repair that waits for an open writer lets the others pass, and is made when it is gone", async () => {
  const { all, next } = signals();
  sequencer = createSequencer(database.db, all, () => undefined, { ...sequencerDefaults, tickMs: 5 });
  const writer = await database.pool.connect();
  await writer.query("begin");
  await writer.query("lock table tidings.events in row exclusive mode"); // what an insert holds
  await database.db.query("update tidings.sequencer set system_identifier = 'another'");
  const failed = next("loop.failed");
  const repaired = next("sequencer.repaired");
  sequencer.loop.start();
  expect(await failed).toMatchObject({ loop: "sequencer", error: { code: "55P03" } });
  await insertRawEvent(database.db);
  await writer.query("commit");
  writer.release();
  expect(await repaired).toEqual({ assigned: 1, lastPosition: 1 });
});

test("a sweep reads the order once, also before PostgreSQL knows how large it is", async () => {
  const { db } = database;
  const EVENTS = 1_000;
  await db.transaction(async (tx) => {
    for (let number = 0; number < EVENTS; number++) await insertRawEvent(tx);
  });
  await db.query("select tidings.tick()");
  const read = await db.transaction(async (tx) => {
    await tx.execute("set local random_page_cost = 1.1"); // as on a disk without moving parts
    await tx.query("select tidings.sweep()");
    const [row] = await tx.query<{ rows: number }>(
      `select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 as rows
         from pg_stat_xact_user_tables where schemaname = 'tidings' and relname = 'event_order'`,
    );
    return row!.rows;
  });
  // Each row twice at most, not once for each of the others, which would be 500,000.
  expect(read).toBeLessThanOrEqual(2 * EVENTS);
});

test("sweeps also when every tick finds something", async () => {
  const { all, next } = signals();
  const busy: Database = {
    ...database.db,
    query: async (...statement) => {
      if (statement[0].includes("tidings.tick")) await insertRawEvent(database.db);
      return database.db.query(...statement);
    },
  };
  sequencer = createSequencer(busy, all, () => undefined, { tickMs: 1, idleTickMs: 1, sweepMs: 50 });
  const swept = next("sequencer.swept");
  await insertRawEvent(database.db, { id: uuid7At(Date.now() - 3 * 86_400_000) });
  sequencer.loop.start();
  expect(await swept).toMatchObject({ assigned: 1 });
});

test("sweeps also when the database's clock was set back since the last sweep", async () => {
  const { all, next } = signals();
  sequencer = createSequencer(database.db, all, () => undefined, { ...sequencerDefaults, tickMs: 5 });
  await database.db.query("update tidings.sequencer set swept_at = now() + interval '2 days'");
  await insertRawEvent(database.db, { id: uuid7At(Date.now() + 2 * 86_400_000) }); // made before it was set back
  const swept = next("sequencer.swept");
  sequencer.loop.start();
  expect(await swept).toMatchObject({ assigned: 1 });
});

test("a copy of the log into tables that have their own row is refused, by logical replication too", async () => {
  await administer(database.adminUrl, async (admin) => {
    const copy =
      "insert into tidings.sequencer select (jsonb_populate_record(q, '{\"sweeps\": 100}')).* from tidings.sequencer q";
    for (const role of ["origin", "replica"]) {
      await admin.query(`set session_replication_role = ${role}`);
      await expect(admin.query(copy)).rejects.toThrow("tidings.sequencer has its row already");
    }
  });
});

type Buffers = Record<"Shared Hit Blocks" | "Shared Read Blocks", number>;

test("finds its row as fast while a transaction keeps all that the row was", async () => {
  const pool = openPool({ connectionString: database.url, max: 1 }); // one connection, with the plans that it made at first
  const db = pg(pool);
  const pages = async (sql: string) => {
    const [row] = await db.query<{ "QUERY PLAN": [{ Plan: Buffers }] }>(
      `explain (analyze, buffers, format json) ${sql}`,
    );
    const { Plan: plan } = row!["QUERY PLAN"][0];
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
  };
  const read = "select last_position from tidings.sequencer_now";
  const tick = "select * from tidings.tick(true)";
  await db.query("vacuum analyze tidings.sequencer"); // from here on the planner knows that it is small
  await db.query("select tidings.sweep()");
  const fresh = { read: await pages(read), tick: await pages(tick) };
  await database.db.transaction(async (open) => {
    await open.query("select pg_current_xact_id()::text");
    for (let minute = 0; minute < 10; minute++) {
      await db.query(
        "do $$ begin for tick in 1..200 loop perform tidings.tick(true); commit; end loop; end $$",
      );
      await db.query("select tidings.sweep()");
    }
    const [size] = await db.query<{ pages: number }>(
      "select (pg_relation_size('tidings.sequencer') / 8192)::float8 as pages",
    );
    expect(size!.pages).toBeGreaterThan(40); // what there would be to read
    expect(await pages(read)).toBeLessThan(fresh.read + 5);
    expect(await pages(tick)).toBeLessThan(fresh.tick + 10);
  });
  await pool.end();
});
