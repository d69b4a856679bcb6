import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { administer } from "../../test/support/databaseServers.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import type { Database } from "../db/database.ts";
import { createSignals, type SignalMap } from "../signals.ts";
import { examinePartitions } from "./doctor/partitions.ts";
import { createMaintenance } from "./maintenance.ts";
import { createPartitionsAhead, listPartitions } from "./partitions.ts";

const LANES = ["domain", "change", "client", "system"];

let database: PostgresTestDatabase;
beforeEach(async () => (database = await createTestDatabase()));
afterEach(() => database.drop());

/** Brings the log to where it is when nobody split partitions since `months` ago. */
async function forgetSplits(months: number): Promise<void> {
  await administer(database.adminUrl, (admin) =>
    admin.query(`
      do $$ declare parent text; lane text; part record;
      begin
        foreach parent in array array['events', 'timeline'] loop
          for part in select inhrelid::regclass as name from pg_inherits where inhparent = ('tidings.' || parent)::regclass loop
            execute 'drop table ' || part.name;
          end loop;
          foreach lane in array case parent when 'events' then array['${LANES.join("','")}'] else array[null] end loop
            perform tidings.open_tail(parent, lane, ${
              months === 0
                ? "'minvalue'"
                : `quote_literal(tidings.uuid7_floor(date_trunc('month', now() - interval '${months} months', 'utc')))`
            });
            execute format('alter table tidings.%I owner to ${database.server.owner}', concat_ws('_', parent, lane, 'tail'));
          end loop;
        end loop;
      end $$`),
  );
}

const month = (ahead: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
};
const named = (date: Date) => `${date.getUTCFullYear()}_${String(date.getUTCMonth() + 1).padStart(2, "0")}`;
const quarter = (ahead: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), 3 * (Math.floor(now.getUTCMonth() / 3) + ahead), 1));
};
const namedQuarter = (date: Date) => `${date.getUTCFullYear()}_q${Math.floor(date.getUTCMonth() / 3) + 1}`;
const namesOf = async (table: string, lane: string | null) =>
  (await listPartitions(database.db))
    .filter((partition) => partition.table === table && partition.lane === lane)
    .map(({ name }) => name.replace(`${table}_`, "").replace(`${lane}_`, ""));

describe("partitions", () => {
  test("each lane's present month (the present quarter of timeline) and the next one stand ready; a second turn has nothing to do", async () => {
    await forgetSplits(0);
    const signals = createSignals();
    const splits: SignalMap["partition.split"][] = [];
    signals.on("partition.split", (split) => splits.push(split));
    expect(await createPartitionsAhead(database.db, signals)).toBe(true);
    for (const lane of LANES) {
      expect(await namesOf("events", lane)).toEqual([named(month(0)), named(month(1)), "tail"]);
    }
    expect(await namesOf("timeline", null)).toEqual([
      namedQuarter(quarter(0)),
      namedQuarter(quarter(1)),
      "tail",
    ]);
    expect(splits).toHaveLength(10);
    expect(splits[0]).toEqual({ table: "events", lane: "domain", until: month(1).toISOString() });
    expect(splits.at(-1)).toEqual({ table: "timeline", lane: null, until: quarter(2).toISOString() });
    expect(await createPartitionsAhead(database.db, signals)).toBe(true);
    expect(splits).toHaveLength(10);
  });

  test("months that passed without a worker are closed as one, with what was written in them", async () => {
    await forgetSplits(4);
    const ids = [month(-3), month(-1), month(0)].map((date) => uuid7At(date.getTime() + 1_000));
    for (const id of ids) await insertRawEvent(database.db, { id });
    await createPartitionsAhead(database.db, createSignals());
    expect(await namesOf("events", "domain")).toEqual([named(month(0)), named(month(1)), "tail"]);
    const where = await database.db.query<{ part: string }>(
      "select distinct tableoid::regclass::text as part from tidings.events",
    );
    expect(where).toEqual([{ part: `tidings.events_domain_${named(month(0))}` }]);
    expect(await namesOf("timeline", null)).toEqual([
      namedQuarter(quarter(0)),
      namedQuarter(quarter(1)),
      "tail",
    ]);
    // A clock that ran ahead wrote beyond the bound: that month stays open, the one after it is closed.
    await forgetSplits(4);
    await insertRawEvent(database.db, { id: uuid7At(month(1).getTime() + 1_000) });
    await createPartitionsAhead(database.db, createSignals());
    expect(await namesOf("events", "domain")).toEqual([named(month(1)), "tail"]);
  });

  test("are split while writers write: nobody fails and nothing is lost", async () => {
    await forgetSplits(0);
    let splitting = true;
    let written = 0;
    const writers = Array.from({ length: 6 }, async () => {
      while (splitting) {
        await insertRawEvent(database.db);
        written++;
      }
    });
    while (!(await createPartitionsAhead(database.db, createSignals())));
    splitting = false;
    await Promise.all(writers);
    const [stored] = await database.db.query<{ events: number }>(
      "select count(*)::int as events from tidings.events",
    );
    expect(stored!.events).toBe(written);
    expect(await namesOf("events", "domain")).toContain(named(month(0)));
  });

  test("a long reader makes the split give way: writers pass while the reader is still there", async () => {
    await forgetSplits(0);
    const reader = await database.pool.connect();
    await reader.query("begin");
    await reader.query("select count(*) from tidings.events");
    try {
      expect(await createPartitionsAhead(database.db, createSignals(), 50)).toBe(false);
      await insertRawEvent(database.db);
      expect(await namesOf("events", "domain")).toEqual(["tail"]);
    } finally {
      await reader.query("commit");
      reader.release();
    }
    expect(await createPartitionsAhead(database.db, createSignals(), 5_000)).toBe(true);
  });
});

test("prepared while the database's clock was ahead are named by doctor, with what leaves each month its own", async () => {
  const { db } = database;
  const ahead: Database = {
    ...db,
    query: async (sql, ...rest) => {
      const rows = await db.query<{ now_ms?: number }>(sql, ...rest);
      return rows.map((row) =>
        row.now_ms ? { ...row, now_ms: row.now_ms + 400 * 86_400_000 } : row,
      ) as never;
    },
  };
  const before = await listPartitions(db);
  await createPartitionsAhead(ahead, createSignals());
  const [finding] = await examinePartitions(db);
  expect(finding).toMatchObject({ status: "warning", summary: expect.stringContaining("clock was ahead") });
  const { early } = finding!.details as { early: string[] };
  expect(early).toHaveLength(10);

  const mend = () => db.query(finding!.fix!.replace(/^.*?: /, ""));
  await mend();
  expect(await listPartitions(db)).toEqual(before);
  expect(await examinePartitions(db)).toMatchObject([{ status: "fine" }]);

  // Where rows lie there they stay, also for whoever makes an old report's statement.
  await createPartitionsAhead(ahead, createSignals());
  await insertRawEvent(db, { id: uuid7At(month(5).getTime()) });
  await expect(mend()).rejects.toMatchObject({ code: "P0004" });
  expect(await examinePartitions(db)).toMatchObject([
    { summary: expect.stringContaining("Events lie beyond the prepared months: events_domain_tail (1 row)") },
  ]);
});

describe("maintenance", () => {
  test("deletes expired idempotency keys even when a split has to give way", async () => {
    await forgetSplits(0);
    const key = (name: string, age: string) =>
      database.db.query(
        `insert into tidings.idempotency_keys (account_id, key, lane, event_id, fingerprint, expires_at)
         values ('acme', $1, 'domain', gen_random_uuid(), '', now() - $2::interval)`,
        [name, age],
      );
    await key("old", "2 hours");
    await key("just expired", "1 minute");
    const writer = await database.pool.connect();
    await writer.query("begin");
    await writer.query("lock table tidings.events in row exclusive mode");
    const maintenance = createMaintenance(database.db, createSignals());
    maintenance.start();
    const keys = () => database.db.query<{ key: string }>("select key from tidings.idempotency_keys");
    await expect.poll(keys, { timeout: 10_000 }).toEqual([{ key: "just expired" }]);
    await writer.query("rollback");
    writer.release();
    await maintenance.stop();
  });
});
