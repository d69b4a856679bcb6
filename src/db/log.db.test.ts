import { afterEach, describe, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import type { Database, Queryable } from "./database.ts";

const DAY_MS = 86_400_000;

describeOnDatabases("the SQL of the log:", (open, { needsSeveralConnections }) => {
  let opened: TestDatabase;
  const begin = async () => (opened = await open()).db;
  afterEach(() => opened.drop());

  describe("uuid7_floor", () => {
    test("is the smallest UUID of its millisecond", async () => {
      const db = await begin();
      const [row] = await db.query(
        `select tidings.uuid7_floor('2024-11-20 00:00:00.123999Z')::text as floor,
                tidings.uuid7_floor(null)::text as nothing,
                $1::uuid >= tidings.uuid7_floor(to_timestamp($2::float8 / 1000)) as within,
                $1::uuid < tidings.uuid7_floor(to_timestamp(($2::float8 + 1) / 1000)) as before_the_next`,
        [uuid7At(1_732_060_800_000), 1_732_060_800_000],
      );
      expect(row).toEqual({
        floor: "019346de-647b-0000-0000-000000000000",
        nothing: null,
        within: true,
        before_the_next: true,
      });
    });
  });

  test("uuid7_time tells when an id was made, to the millisecond", async () => {
    const db = await begin();
    const [row] = await db.query(
      `select extract(epoch from tidings.uuid7_time($1::uuid))::float8 * 1000 as made,
              tidings.uuid7_time(null) is null as nothing`,
      [uuid7At(1_732_060_800_123)],
    );
    expect(row).toEqual({ made: 1_732_060_800_123, nothing: true });
  });

  describe("split_tail", () => {
    const split = async (on: Queryable, bound: string) => {
      const [row] = await on.query<{ done: boolean }>(
        "select tidings.split_tail('events', 'id', 'domain', $1::timestamptz) as done",
        [bound],
      );
      return row!.done;
    };
    const domainPartitions = async (db: Database) => {
      const rows = await db.query<{ name: string }>(
        `select relname::text as name from pg_inherits join pg_class on oid = inhrelid
          where inhparent = 'tidings.events'::regclass and relname like 'events_domain%'
          order by pg_get_expr(relpartbound, oid) like '%MINVALUE%' desc, pg_get_expr(relpartbound, oid)`,
      );
      return rows.map(({ name }) => name);
    };
    const month = (ahead: number) => {
      const now = new Date();
      return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead))
        .toISOString()
        .slice(0, 7)
        .replace("-", "_");
    };

    test("a new database has a partition for this month, the next one and the rest", async () => {
      const db = await begin();
      expect(await domainPartitions(db)).toEqual([
        `events_domain_${month(0)}`,
        `events_domain_${month(1)}`,
        "events_domain_tail",
      ]);
    });

    test("names a partition after the month that it ends, in UTC, whatever the session's time zone", async () => {
      const db = await begin();
      await db.transaction(async (tx) => {
        await tx.query("set local time zone 'Pacific/Auckland'");
        expect(await split(tx, "2101-01-01T00:00:00Z")).toBe(true);
        await tx.query("set local time zone 'America/New_York'");
        expect(await split(tx, "2101-02-01T00:00:00Z")).toBe(true);
      });
      expect(await domainPartitions(db)).toEqual([
        `events_domain_${month(0)}`,
        `events_domain_${month(1)}`,
        "events_domain_2100_12",
        "events_domain_2101_01",
        "events_domain_tail",
      ]);
    });

    test("names a partition of timeline after the quarter that it ends", async () => {
      const db = await begin();
      await db.query(
        "select tidings.split_tail('timeline', 'event_id', null, '2101-01-01T00:00:00Z'::timestamptz)",
      );
      expect(await db.query("select to_regclass('tidings.timeline_2100_q4')::text as name")).toEqual([
        { name: "tidings.timeline_2100_q4" },
      ]);
    });

    test("rows land on their side of the bound, and are all found through the parent", async () => {
      const db = await begin();
      const bound = Date.UTC(2101, 0, 1);
      const before = await insertRawEvent(db, { id: uuid7At(bound - 1) });
      expect(await split(db, "2101-01-01T00:00:00Z")).toBe(true);
      const after = await insertRawEvent(db, { id: uuid7At(bound) });
      expect(
        await db.query("select id::text, tableoid::regclass::text as at from tidings.events order by id"),
      ).toEqual([
        { id: before, at: "tidings.events_domain_2100_12" },
        { id: after, at: "tidings.events_domain_tail" },
      ]);
    });

    test("refuses a bound that rows lie beyond, and changes nothing", async () => {
      const db = await begin();
      const partitions = await domainPartitions(db);
      await insertRawEvent(db, { id: uuid7At(Date.UTC(2101, 0, 1)) });
      expect(await split(db, "2101-01-01T00:00:00Z")).toBe(false);
      expect(await domainPartitions(db)).toEqual(partitions);
    });

    test("has nothing to do where the tail already begins at the bound or later", async () => {
      const db = await begin();
      await split(db, "2101-01-01T00:00:00Z");
      const partitions = await domainPartitions(db);
      expect(await split(db, "2101-01-01T00:00:00Z")).toBe(true);
      expect(await split(db, "2100-06-01T00:00:00Z")).toBe(true);
      expect(await domainPartitions(db)).toEqual(partitions);
    });

    test("gives up after the caller's lock_timeout while an insert is open, and works after it", async (context) => {
      needsSeveralConnections(context);
      const db = await begin();
      const attempt = () =>
        db.transaction(async (tx) => {
          await tx.query("set local lock_timeout = '50ms'");
          return split(tx, "2101-01-01T00:00:00Z");
        });
      await db.transaction(async (writer) => {
        await insertRawEvent(writer);
        await expect(attempt()).rejects.toThrow("lock timeout");
        await insertRawEvent(writer);
      });
      expect(await attempt()).toBe(true);
    });
  });

  describe("tick", () => {
    test("gives dense positions in the order of insertion, across lanes and accounts", async () => {
      const db = await begin();
      const ids = [];
      for (const lane of ["system", "domain", "client", "change"] as const) {
        ids.push(await insertRawEvent(db, { lane, account: lane }));
      }
      expect(await run(db, "tick")).toEqual({ outcome: "ticked", assigned: 4, last_position: "4" });
      ids.push(await insertRawEvent(db));
      expect(await run(db, "tick")).toEqual({ outcome: "ticked", assigned: 1, last_position: "5" });
      expect(await order(db)).toEqual(ids);
    });

    test("an idle tick writes nothing, not even a transaction id", async () => {
      const db = await begin();
      await insertRawEvent(db);
      await run(db, "tick");
      const before = await db.query(SEQUENCER);
      await db.transaction(async (tx) => {
        expect(await run(tx, "tick")).toEqual({ outcome: "idle", assigned: 0, last_position: "1" });
        expect(await tx.query("select pg_current_xact_id_if_assigned()::text as xid")).toEqual([
          { xid: null },
        ]);
      });
      expect(await db.query(SEQUENCER)).toEqual(before);
    });

    test("what was rolled back leaves no gap", async () => {
      const db = await begin();
      const first = await insertRawEvent(db);
      const attempt = db.transaction(async (tx) => {
        await insertRawEvent(tx);
        throw new Error("rolled back");
      });
      await expect(attempt).rejects.toThrow("rolled back");
      const second = await insertRawEvent(db);
      expect(await run(db, "tick")).toMatchObject({ assigned: 2, last_position: "2" });
      expect(await order(db)).toEqual([first, second]);
    });

    test("events of savepoints count with their transaction", async () => {
      const db = await begin();
      const ids = await db.transaction(async (tx) => {
        const kept = await insertRawEvent(tx);
        await tx.query("savepoint one");
        const alsoKept = await insertRawEvent(tx);
        await tx.query("release one");
        await tx.query("savepoint two");
        await insertRawEvent(tx);
        await tx.query("rollback to two");
        return [kept, alsoKept];
      });
      await run(db, "tick");
      expect(await order(db)).toEqual(ids);
    });

    test("a long transaction delays its own event and nobody else's", async (context) => {
      needsSeveralConnections(context);
      const db = await begin();
      let early = "";
      let quick = "";
      await db.transaction(async (slow) => {
        early = await insertRawEvent(slow);
        quick = await insertRawEvent(db);
        expect(await run(db, "tick")).toMatchObject({ assigned: 1 });
        expect(await run(db, "tick")).toMatchObject({ outcome: "idle" });
      });
      expect(await run(db, "tick")).toMatchObject({ assigned: 1 });
      expect(await order(db)).toEqual([quick, early]);
    });

    test("two ticks at once: one works, the other is told so", async (context) => {
      needsSeveralConnections(context);
      const db = await begin();
      await insertRawEvent(db);
      await db.transaction(async (first) => {
        expect(await run(first, "tick")).toMatchObject({ outcome: "ticked" });
        for (const name of ["tick", "sweep"] as const) {
          expect(await run(db, name)).toMatchObject({ outcome: "busy", assigned: 0 });
        }
      });
      expect(await run(db, "tick")).toMatchObject({ outcome: "idle", last_position: "1" });
    });

    test("writers that commit, roll back and overlap while ticks run: each event once, none missing", async (context) => {
      needsSeveralConnections(context);
      const db = await begin();
      let writing = true;
      const ticker = async () => {
        while (writing) await run(db, "tick");
      };
      const writer = async (number: number) => {
        for (let round = 0; round < 25; round++) {
          await db
            .transaction(async (tx) => {
              await insertRawEvent(tx, { account: `account ${number}` });
              await insertRawEvent(tx, { account: `account ${number}` });
              if (round % 4 === 0) throw new Error("rolled back");
            })
            .catch((error: Error) => expect(error.message).toBe("rolled back"));
        }
      };
      const tickers = [ticker(), ticker()];
      await Promise.all([1, 2, 3, 4, 5, 6].map(writer));
      writing = false;
      await Promise.all(tickers);
      await run(db, "tick");
      const written = await db.query<{ id: string }>("select id::text from tidings.events");
      expect(written).toHaveLength(6 * 18 * 2);
      expect(new Set(await order(db))).toEqual(new Set(written.map(({ id }) => id)));
      await expectDense(db, written.length);
    });

    test("reads what is new and nothing else, of the months that it looks at, by a plan made while they were empty", async () => {
      const db = await begin();
      await db.query("vacuum tidings.events"); // now known to be empty: to read all of a month seems to cost nothing
      await run(db, "tick"); // plans
      await db.transaction(async (tx) => {
        for (let number = 0; number < 300; number++) await insertRawEvent(tx);
      });
      await run(db, "tick");
      await insertRawEvent(db);
      const [before, after] = await db.transaction(async (tx) => {
        const reads = async () => {
          const [row] = await tx.query<{ rows: number; scans: number; of_tails: number }>(
            `select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::float8 as rows,
                    sum(coalesce(idx_scan, 0) + seq_scan)::float8 as scans,
                    sum(coalesce(idx_scan, 0) + seq_scan) filter (where relname like '%tail')::float8 as of_tails
               from pg_stat_xact_user_tables where schemaname = 'tidings' and relname like 'events%'`,
          );
          return row!;
        };
        const counted = await reads();
        expect(await run(tx, "tick")).toMatchObject({ assigned: 1 });
        return [counted, await reads()];
      });
      expect(after).toMatchObject({ rows: before.rows + 1, of_tails: before.of_tails });
      expect(after.scans).toBeGreaterThan(before.scans); // so they are counted
    });

    test("wakes listeners once, with the last position", async () => {
      const db = await begin();
      const heard: string[] = [];
      let wake = () => {};
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const stop = await db.listen!("tidings.log", (payload) => {
        if (payload !== "") heard.push(payload);
        if (payload === "3") wake();
      });
      await insertRawEvent(db);
      await insertRawEvent(db);
      await run(db, "tick");
      await run(db, "tick");
      await insertRawEvent(db);
      await run(db, "tick");
      await woken;
      expect(heard).toEqual(["2", "3"]);
      await stop();
    });

    test("refuses an isolation level under which it would miss events", async () => {
      const db = await begin();
      const attempt = db.transaction(async (tx) => {
        await tx.query("set transaction isolation level repeatable read");
        await run(tx, "tick");
      });
      await expect(attempt).rejects.toThrow("READ COMMITTED");
    });
  });

  describe("sweep", () => {
    test.each([-3, 3])("finds an event whose id is %d days off, once", async (days) => {
      const db = await begin();
      const usual = await insertRawEvent(db);
      const odd = await insertRawEvent(db, { id: uuid7At(Date.now() + days * DAY_MS) });
      expect(await run(db, "tick")).toMatchObject({ assigned: 1 });
      expect(await run(db, "sweep")).toEqual({ outcome: "idle", assigned: 1, last_position: "2" });
      for (const name of ["sweep", "tick", "sweep", "sweep"] as const) {
        expect(await run(db, name)).toMatchObject({ assigned: 0, last_position: "2" });
      }
      expect(await order(db)).toEqual([usual, odd]);
    });

    test("numbers nothing that a tick numbered, and keeps the order when it ticks itself", async () => {
      const db = await begin();
      const ids = [];
      for (let round = 0; round < 4; round++) {
        ids.push(await insertRawEvent(db));
        await run(db, round % 2 === 0 ? "tick" : "sweep");
        ids.push(await insertRawEvent(db));
        await run(db, "sweep");
      }
      await run(db, "tick");
      expect(await order(db)).toEqual(ids);
      await expectDense(db, 8);
    });

    test("is planned for two conditions, however many transactions were open", async () => {
      const db = await begin();
      const [now] = await db.query<{ xid: string }>(
        "select pg_snapshot_xmax(pg_current_snapshot())::text as xid",
      );
      const next = Number(now!.xid);
      const conditions = async (open: readonly number[]) => {
        const older = `${open[0] ?? next}:${next}:${open.join(",")}`;
        const rows = await db.query<{ condition: string }>(
          `select condition from tidings.became_visible('${older}', '${next + 10}:${next + 10}:') condition`,
        );
        return rows.map(({ condition }) => condition);
      };
      const since = `xid between '${next}' and '${next + 10}'`;
      expect(await conditions([])).toEqual([since]);
      const open = Array.from({ length: 300 }, (_, number) => next - 300 + number);
      expect(await conditions(open)).toEqual([since, `xid = any ('{${open.join(",")}}')`]);
    });

    test("finds what many transactions wrote that were open, each event once", async (context) => {
      needsSeveralConnections(context);
      const db = await begin();
      const writers = 6;
      const ids: string[] = [];
      // Each opens the next one and writes when that is done with it, so that all are open at once.
      const openNext = async (left: number): Promise<void> => {
        if (left === 0) return void expect(await run(db, "sweep")).toMatchObject({ assigned: 0 });
        await db.transaction(async (tx) => {
          ids.push(await insertRawEvent(tx, { id: uuid7At(Date.now() - 3 * DAY_MS) }));
          await openNext(left - 1);
        });
      };
      await openNext(writers);
      expect(await run(db, "sweep")).toMatchObject({ assigned: writers });
      expect(await run(db, "sweep")).toMatchObject({ assigned: 0 });
      expect(await order(db)).toEqual(ids);
      await expectDense(db, writers);
    });

    test("finds an event outside the day although its transaction was open across sweeps", async (context) => {
      needsSeveralConnections(context);
      const db = await begin();
      let late = "";
      await db.transaction(async (slow) => {
        late = await insertRawEvent(slow, { id: uuid7At(Date.now() - 3 * DAY_MS) });
        for (let round = 0; round < 3; round++) {
          await insertRawEvent(db);
          expect(await run(db, "sweep")).toMatchObject({ assigned: 0 });
        }
      });
      expect(await run(db, "sweep")).toMatchObject({ assigned: 1, last_position: "4" });
      expect(await run(db, "sweep")).toMatchObject({ assigned: 0, last_position: "4" });
      expect((await order(db)).at(-1)).toBe(late);
    });
  });

  describe("repair", () => {
    const move = (db: Queryable) =>
      db.query("update tidings.sequencer set system_identifier = 'another cluster'");

    test("another cluster's identifier, or a snapshot from the future, stops tick and sweep until repair", async () => {
      const db = await begin();
      await insertRawEvent(db);
      for (const change of [
        "system_identifier = 'another cluster'",
        "snapshot = '9000000000000:9000000000000:'::pg_snapshot",
      ]) {
        await db.query(`update tidings.sequencer set ${change}`);
        expect(await run(db, "tick")).toMatchObject({ outcome: "moved", assigned: 0 });
        expect(await run(db, "sweep")).toMatchObject({ outcome: "moved", assigned: 0 });
        expect(await run(db, "repair")).toMatchObject({ outcome: "repaired", last_position: "1" });
        expect(await run(db, "tick")).toMatchObject({ outcome: "idle", last_position: "1" });
      }
    });

    test("a cluster that does not tell its identifier counts as the same one", async () => {
      const db = await begin();
      await db.query("update tidings.sequencer set system_identifier = null");
      await insertRawEvent(db);
      expect(await run(db, "tick")).toMatchObject({ outcome: "ticked", assigned: 1 });
      expect(await run(db, "repair")).toMatchObject({ outcome: "sound" });
    });

    test("numbers what has no position, and nothing again when the xid counter passes the old ids", async () => {
      const db = await begin();
      const [now] = await db.query<{ xid: string }>(
        "select pg_snapshot_xmax(pg_current_snapshot())::text as xid",
      );
      const old = String(BigInt(now!.xid) + 60n);
      const ids = [];
      for (let index = 0; index < 5; index++) ids.push(await insertRawEvent(db, { xid: old }));
      // As the old cluster left it: three of the five have positions.
      await db.transaction(async (tx) => {
        await tx.query(
          `insert into tidings.event_order
           select row_number() over (order by seq), account_id, lane, id from (select * from tidings.events order by seq limit 3) e`,
        );
        await tx.query("update tidings.sequencer set last_position = 3");
        await move(tx);
      });
      expect(await run(db, "repair")).toEqual({ outcome: "repaired", assigned: 2, last_position: "5" });
      ids.push(await insertRawEvent(db));
      expect(await run(db, "tick")).toMatchObject({ assigned: 1 });

      for (let spent = 0; spent < 70; spent++) await db.query("select pg_current_xact_id()::text");
      ids.push(await insertRawEvent(db));
      expect(await run(db, "tick")).toMatchObject({ assigned: 1 });
      expect(await run(db, "sweep")).toMatchObject({ assigned: 0 });
      expect(await run(db, "sweep")).toMatchObject({ assigned: 0 });
      expect(await order(db)).toEqual(ids);
      await expectDense(db, 7);
    });

    test("puts the sequence above what came from elsewhere", async () => {
      const db = await begin();
      for (let index = 0; index < 3; index++) await insertRawEvent(db);
      await db.query("select setval('tidings.event_seq', 1)::text");
      await move(db);
      await run(db, "repair");
      const last = await insertRawEvent(db);
      await run(db, "tick");
      expect((await order(db)).at(-1)).toBe(last);
      expect(await db.query("select count(distinct seq)::float8 as seqs from tidings.events")).toEqual([
        { seqs: 4 },
      ]);
    });

    test("keeps writers out, and readers in, while it runs", async () => {
      const db = await begin();
      await move(db);
      await db.transaction(async (tx) => {
        await run(tx, "repair");
        const locks = await tx.query<{ mode: string }>(
          "select mode from pg_locks where relation = 'tidings.events'::regclass and pid = pg_backend_pid()",
        );
        expect(locks).toContainEqual({ mode: "ShareRowExclusiveLock" });
        expect(locks).not.toContainEqual({ mode: "AccessExclusiveLock" });
      });
    });
  });
});

interface Outcome {
  outcome: string;
  assigned: number;
  last_position: string;
}

const SEQUENCER = "select xmin::text, ctid::text, s::text as content from tidings.sequencer s";

async function run(on: Queryable, name: "tick" | "sweep" | "repair"): Promise<Outcome> {
  const [outcome] = await on.query<Outcome>(`select outcome, assigned, last_position from tidings.${name}()`);
  return outcome!;
}

async function order(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    "select event_id::text as id from tidings.event_order order by pos",
  );
  return rows.map(({ id }) => id);
}

async function expectDense(db: Queryable, length: number): Promise<void> {
  const range =
    "select min(pos)::float8 as first, max(pos)::float8 as last, count(*)::float8 as length from tidings.event_order";
  expect(await db.query(range)).toEqual([{ first: 1, last: length, length }]);
}
