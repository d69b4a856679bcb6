import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { createSignals } from "../signals.ts";
import { createSlotLease, type Lease, type SlotState } from "./slotLease.ts";
import { checkpoint, countAttempt, noteFailure, park, uncountAttempt } from "./slotProgress.ts";
import { readSubscriptionStates } from "./subscriptionStates.ts";

const LEASE_MS = 60_000;
const event = {
  account: "acme",
  lane: "domain",
  id: "01900000-0000-7000-8000-000000000000",
  type: "card.moved",
  version: 1,
  position: 5,
  problem: null,
} as const;
const failure = { attempts: 1, error: "failed", retryInMs: 0, stop: false };

let database: PostgresTestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.db.query(
    "insert into tidings.subscriptions (name, slot, slots, position) values ('copy', 0, 1, 3)",
  );
});
afterEach(() => database.drop());

const open = (owner: string) =>
  createSlotLease({
    db: database.db,
    signals: createSignals(),
    name: "copy",
    slot: 0,
    owner,
    leaseMs: LEASE_MS,
  });
const row = async () => (await database.pool.query("select * from tidings.subscriptions")).rows[0] as object;
const writes: [string, (lease: Lease) => Promise<unknown>][] = [
  ["count a try", (lease) => countAttempt(database.db, lease, 4, 5)],
  ["take a count back", (lease) => uncountAttempt(database.db, lease, 5)],
  ["move the checkpoint", (lease) => checkpoint(database.db, lease, 5, LEASE_MS)],
  ["note a failure", (lease) => noteFailure(database.db, lease, 5, failure)],
  ["park an event", (lease) => park(database.db, lease, event, failure, LEASE_MS)],
];

describe("a process that lost its lease", () => {
  test.each(writes)("cannot %s", async (_, write) => {
    const zombie = open("zombie");
    await zombie.take();
    await countAttempt(database.db, zombie.held()!, 4, 5);
    await database.db.query("update tidings.subscriptions set lease_until = now() - interval '1 second'");
    const heir = open("heir");
    expect(await heir.take()).toMatchObject({ position: 4, triedUpTo: 5 });
    const before = await row();
    expect(await write(zombie.held()!)).not.toBe(true);
    expect(await row()).toEqual(before);
    expect((await database.pool.query("select from tidings.parked_events")).rowCount).toBe(0);
    zombie.forget();
    await heir.release(4);
  });
});

describe("a process that does not know how far its slot is", () => {
  test.each(writes)("cannot move the position back: %s", async (_, write) => {
    const lease = open("me");
    await lease.take();
    await checkpoint(database.db, lease.held()!, 7, LEASE_MS); // committed, but nobody heard of it
    const before = await row();
    expect(await write(lease.held()!)).not.toBe(true);
    expect(await row()).toEqual(before);
    await lease.release(4);
    expect(await row()).toMatchObject({ position: "7", lease_owner: null });
  });
});

describe("a lease", () => {
  test("that was given back is not renewed by what was still under way", async () => {
    const signal = () => {
      let give = (): void => undefined;
      const given = new Promise<void>((resolve) => (give = resolve));
      return { give: () => give(), given };
    };
    const [asked, released, renewed] = [signal(), signal(), signal()];
    const { db } = database;
    const slow = createSlotLease({
      db: {
        ...db,
        query: async (sql, parameters) => {
          if (!sql.includes("returning 1 as renewed")) return db.query(sql, parameters);
          asked.give();
          await released.given;
          const rows = await db.query(sql, parameters);
          renewed.give();
          return rows as never;
        },
      },
      signals: createSignals(),
      name: "copy",
      slot: 0,
      owner: "slow",
      leaseMs: 3,
    });
    await slow.take();
    await asked.given;
    await slow.release(3);
    released.give();
    await renewed.given;
    expect(await open("next").take()).not.toBeNull();
  });

  test("is held by one at a time, by the clock of the database", async () => {
    const [one, two] = [open("one"), open("two")];
    expect(await one.take()).toMatchObject({ position: 3 });
    expect(await two.take()).toBeNull();
    expect(await one.take(), "its own is taken anew").not.toBeNull();
    await one.release(3);
    expect(await two.take()).not.toBeNull();
    await one.release(9); // no longer its own
    expect(await row()).toMatchObject({ position: "3", lease_owner: "two" });
    await two.release(3);
  });

  // A clock that is set back leaves what was written before it that much further ahead.
  test("of a process that died before the clock was set back is taken over", async () => {
    const dead = open("dead");
    await dead.take();
    dead.forget(); // renews it no more
    const ahead = (by: string) =>
      database.db.query(
        `update tidings.subscriptions
            set lease_until = now() + $1::interval, retry_at = now() + $1::interval, failing_since = now() + $1::interval`,
        [by],
      );
    await ahead("5 minutes");
    expect(await open("heir").take(), "as a process with a longer lease has it").toBeNull();
    await ahead("3 hours");
    const heir = open("heir");
    expect(await heir.take()).toMatchObject({ retryInMs: 300_000, failingForMs: 0 });
    expect(await open("other").take(), "the heir's is a lease as any").toBeNull();
    const [state] = await readSubscriptionStates(database.db);
    expect(state!.state).toBe("waiting");
    const [now] = await database.db.query<{ ms: number }>(
      "select extract(epoch from now())::float8 * 1000 as ms",
    );
    expect(state!.retryAt!.getTime() - now!.ms).toBeLessThanOrEqual(300_000);
    await heir.release(3);
  });

  test("of a stopped subscription is not given", async () => {
    await database.db.query("update tidings.subscriptions set state = 'stopped'");
    expect(await open("me").take()).toBeNull();
  });

  test("tells what the last holder left: the failure, its age and when the next try is due", async () => {
    const before = open("before");
    await before.take();
    await countAttempt(database.db, before.held()!, 4, 5);
    await noteFailure(database.db, before.held()!, 5, { ...failure, retryInMs: 60_000 });
    await before.release(4);
    const state = (await open("me").take()) as SlotState;
    expect(state).toMatchObject({ position: 4, triedUpTo: 5, lastError: "failed" });
    expect(state.failingForMs).toBeGreaterThanOrEqual(0);
    expect(state.retryInMs).toBeGreaterThan(0);
    expect(state.retryInMs).toBeLessThanOrEqual(60_000);
  });
});

test("tries of the same events add up; another set of events begins at one", async () => {
  const lease = open("me");
  await lease.take();
  const count = (from: number, upTo: number) => countAttempt(database.db, lease.held()!, from, upTo);
  expect([
    await count(3, 9),
    await count(3, 9),
    await count(3, 4),
    await count(3, 4),
    await count(4, 5),
  ]).toEqual([1, 2, 1, 2, 1]);
  await lease.release(4);
});
