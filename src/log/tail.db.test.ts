import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { insertRawEvent } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import type { Database } from "../db/database.ts";
import { createSignals, type SignalMap, type Signals } from "../signals.ts";
import { createSequencer } from "./sequencer.ts";
import { createTail, type Tail } from "./tail.ts";

let database: PostgresTestDatabase;
let signals: Signals;
let tail: Tail;
let statements: string[];
let fails: boolean;
beforeEach(async () => {
  database = await createTestDatabase();
  signals = createSignals();
  statements = [];
  fails = false;
  const db: Database = {
    ...database.db,
    query: (sql, parameters, options) => {
      if (fails) return Promise.reject(new Error("no database"));
      statements.push(sql);
      return database.db.query(sql, parameters, options);
    },
  };
  // An hour between looks: the tests say when.
  tail = createTail(db, signals, 3_600_000);
});
afterEach(async () => {
  await tail.loop.stop();
  await database.drop();
});

/** Records events, with two inserts, and gives them positions; nobody is told. */
async function record(count: number): Promise<void> {
  await database.db.transaction(async (tx) => {
    const id = await insertRawEvent(tx);
    await tx.query(
      `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
                                   actor_type, actor_id, occurred_at, refs, data, metadata)
       select account_id, lane, overlay(id::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, type, version, severity,
              subject_type, subject_id, actor_type, actor_id, occurred_at, refs, data, metadata
         from (select * from tidings.events where id = $1::uuid) one, generate_series(2, ${count}) n`,
      [id],
    );
  });
  await createSequencer(database.db, createSignals(), () => undefined).tick();
}

/** The order as it was when it ended at `position`, and then `count` other events, before anybody can look. */
async function takeBack(position: number, count: number): Promise<void> {
  await database.db.query(
    `with gone as (delete from tidings.event_order where pos > ${position})
     update tidings.sequencer set last_position = ${position}, floor_seq = (select max(seq) from tidings.events)`,
  );
  await record(count);
}

const ids = async (after: number) => (await tail.read(after)).events.map(({ id }) => id);
const stored = async (after: number, limit: number) => {
  const rows = await database.db.query<{ id: string }>(
    `select event_id::text as id from tidings.event_order where pos > ${after} order by pos limit ${limit}`,
  );
  return rows.map(({ id }) => id);
};
const next = <Name extends keyof SignalMap>(name: Name) =>
  new Promise<SignalMap[Name]>((resolve) => {
    const stop = signals.on(name, (signal) => {
      stop();
      resolve(signal);
    });
  });

describe("when the log goes back", () => {
  test("neither recent events nor blocks of older ones come from memory, and followers are told", async () => {
    await record(600);
    let wentBack = 0;
    const runs: number[] = [];
    const follow = await tail.follow(
      ({ scannedTo }) => runs.push(scannedTo),
      () => wentBack++,
    );
    await record(8);
    tail.advance(608);
    await expect.poll(() => runs).toEqual([608]);
    expect(await ids(0)).toEqual(await stored(0, 500));
    expect(await ids(600)).toEqual(await stored(600, 8));

    await takeBack(100, 520);
    const told = next("tail.went_back");
    tail.advance(620);
    expect(await told).toEqual({ position: 608, lastPosition: 620 });
    expect(wentBack).toBe(1);
    expect(await ids(0)).toEqual(await stored(0, 500));
    expect(await ids(600)).toEqual(await stored(600, 20));
    await record(1);
    tail.advance(621);
    await expect.poll(() => runs).toEqual([608, 621]);
    follow.stop();
  });

  test("retention of what lies at the end is not that", async () => {
    await record(10);
    const follow = await tail.follow(() => undefined);
    const other: unknown[] = [];
    signals.on("tail.went_back", (signal) => other.push(signal));
    await database.db.query("delete from tidings.event_order");
    await record(3);
    const looked = new Promise<void>((resolve) => void tail.follow(() => resolve()));
    tail.advance(13);
    await looked;
    expect(tail.recent(10)!.events).toHaveLength(3);
    expect(other).toEqual([]);
    follow.stop();
  });

  test("what was read while nobody followed is not told later, when nobody has looked in between", async () => {
    await record(500);
    const earlier = await ids(0);
    await takeBack(100, 500);
    await tail.follow(() => undefined);
    expect(await ids(0)).not.toEqual(earlier);
    expect(await ids(0)).toEqual(await stored(0, 500));
  });
});

test("from a failure to the next look memory is not asked: another database may answer then", async () => {
  await record(500);
  let told = () => undefined as void;
  await tail.follow(() => told());
  await ids(0);
  const begun = new Promise<void>((resolve) => (told = resolve));
  await record(2);
  tail.advance(502);
  await begun;
  expect(tail.recent(500)!.events).toHaveLength(2);
  statements = [];
  await ids(0);
  expect(statements, "from memory").toEqual([]);

  fails = true;
  const failed = next("loop.failed");
  tail.advance(503);
  await failed;
  fails = false;
  expect(tail.recent(500)).toBeNull();
  await ids(0);
  expect(statements).toHaveLength(1);
  await expect.poll(() => tail.recent(500)?.events.length, { timeout: 10_000 }).toBe(2);
});
