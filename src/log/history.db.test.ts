import { afterEach, beforeEach, expect, test } from "vitest";
import { insertRawEvent } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import type { Database } from "../db/database.ts";
import { createSignals } from "../signals.ts";
import { createHistory, type History } from "./history.ts";
import { createSequencer } from "./sequencer.ts";

let database: PostgresTestDatabase;
beforeEach(async () => (database = await createTestDatabase()));
afterEach(() => database.drop());

const recordUpTo = async (last: number) => {
  await database.db.transaction(async (tx) => {
    await insertRawEvent(tx);
    await tx.query(
      `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
                                   actor_type, actor_id, occurred_at, refs, data, metadata)
       select 'acme', 'domain', overlay(id::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, type, 1, 'info',
              'card', '1', 'user', 'ann', now(), '{}', '{}', '{}'
         from (select * from tidings.events limit 1) one, generate_series(2, ${last}) n`,
    );
  });
  await createSequencer(database.db, createSignals(), () => undefined).tick();
};

async function readAll(history: History, after: number): Promise<number[]> {
  const positions: number[] = [];
  for (;;) {
    const run = await history.read(after);
    positions.push(...run.events.map(({ position }) => position));
    after = run.scannedTo;
    if (!run.more) return positions;
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("readers that catch up from different places ask the database once for what they have in common", async () => {
  await recordUpTo(1_700);
  const asked: number[] = [];
  const counting: Database = {
    ...database.db,
    query: (sql, parameters) => {
      if (sql.includes("events_after")) asked.push(Number(parameters![0]));
      return database.db.query(sql, parameters);
    },
  };
  const history = createHistory(counting);
  const all = await Promise.all([0, 0, 130, 730].map((after) => readAll(history, after)));
  expect(all).toEqual([range(1, 1_700), range(1, 1_700), range(131, 1_700), range(731, 1_700)]);
  expect([...new Set(asked)].sort((a, b) => a - b)).toEqual([0, 130, 500, 730, 1_000, 1_500]);
  expect(
    asked.filter((after) => after === 0),
    "two that began together",
  ).toHaveLength(1);
  expect(
    asked.filter((after) => after === 1_000),
    "all four",
  ).toHaveLength(1);
});

test("the end of the log is not remembered: what comes later is found", async () => {
  await recordUpTo(10);
  const history = createHistory(database.db);
  expect(await readAll(history, 0)).toEqual(range(1, 10));
  await insertRawEvent(database.db);
  await createSequencer(database.db, createSignals(), () => undefined).tick();
  expect(await readAll(history, 0)).toEqual(range(1, 11));
});

test("who reads anew learns what is there now, and the others find what it found", async () => {
  await recordUpTo(600);
  const asked: number[] = [];
  let answer = () => undefined as void;
  const slow: Database = {
    ...database.db,
    query: async (sql, parameters) => {
      asked.push(Number(parameters![0]));
      const rows = await database.db.query(sql, parameters);
      if (asked.length === 1) await new Promise<void>((resolve) => (answer = resolve));
      return rows as never;
    },
  };
  const history = createHistory(slow);
  const before = history.read(600);
  await insertRawEvent(database.db);
  await createSequencer(database.db, createSignals(), () => undefined).tick();
  const anew = await history.readAnew(600);
  expect(anew.events.map(({ position }) => position)).toEqual([601]);
  answer();
  expect((await before).events).toEqual([]);
  await history.readAnew(0);
  await history.read(0);
  expect(asked).toEqual([600, 600, 0]);
});

test("a failed read is not remembered either", async () => {
  await recordUpTo(3);
  let fails = true;
  const history = createHistory({
    ...database.db,
    query: (sql, parameters) =>
      fails ? Promise.reject(new Error("no database")) : database.db.query(sql, parameters),
  });
  await expect(history.read(0)).rejects.toThrow("no database");
  fails = false;
  expect(await readAll(history, 0)).toEqual([1, 2, 3]);
});
