import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { uuid7At } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { createSignals } from "../signals.ts";
import { databaseTime } from "./databaseTime.ts";
import { createSlotLease, type Lease, type SlotState } from "./slotLease.ts";
import { checkpoint, countAttempt, earlierWaits, noteFailure, park, uncountAttempt } from "./slotProgress.ts";
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
  await database.db.query("update tidings.sequencer set last_position = 10");
  await database.db.query(
    "insert into tidings.event_order (pos, account_id, lane, event_id) values (5, 'acme', 'domain', $1::uuid)",
    [event.id],
  );
});
afterEach(() => database.drop());

const at = (position: number, id: string | null = null) => ({ position, id });
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
  ["count a try", (lease) => countAttempt(database.db, lease, 4, at(5))],
  ["take a count back", (lease) => uncountAttempt(database.db, lease, 5)],
  ["move the checkpoint", (lease) => checkpoint(database.db, lease, at(5), LEASE_MS)],
  ["note a failure", (lease) => noteFailure(database.db, lease, 5, failure)],
  ["park an event", (lease) => park(database.db, lease, event, { ...failure, waitedMs: null }, LEASE_MS)],
];

describe("where the log went back", () => {
  const moves: [string, (lease: Lease, id: string | null) => Promise<unknown>][] = [
    ["count a try", (lease, id) => countAttempt(database.db, lease, 4, at(5, id))],
    ["move the checkpoint", (lease, id) => checkpoint(database.db, lease, at(5, id), LEASE_MS)],
    [
      "park an event",
      (lease, id) =>
        park(database.db, lease, { ...event, id: id ?? event.id }, { ...failure, waitedMs: null }, LEASE_MS),
    ],
  ];
  const gone = "01900000-0000-7000-8000-00000000dead";

  test.each(moves)("an event that is gone cannot %s", async (_, move) => {
    const lease = open("one");
    await lease.take();
    const before = await row();
    expect([false, null]).toContain(await move(lease.held()!, gone));
    expect(await row()).toEqual(before);
    expect((await database.pool.query("select from tidings.parked_events")).rowCount).toBe(0);
    expect([true, 1]).toContain(await move(lease.held()!, event.id));
  });

  test.each(moves)("a position beyond its end cannot %s", async (_, move) => {
    const lease = open("one");
    await lease.take();
    await database.db.query("delete from tidings.event_order");
    await database.db.query("update tidings.sequencer set last_position = 4");
    expect([false, null]).toContain(await move(lease.held()!, event.id));
    await database.db.query("update tidings.sequencer set last_position = 5"); // retention took the event
    expect([true, 1]).toContain(await move(lease.held()!, event.id));
  });

  test("a slot is given back where its row says", async () => {
    for (const [id, position] of [
      [gone, "3"],
      [null, "3"],
      [event.id, "5"],
    ] as const) {
      const lease = open("one");
      await lease.take();
      await lease.release(at(5, id));
      expect(await row()).toMatchObject({ position, lease_owner: null });
    }
  });
});

describe("a process that lost its lease", () => {
  test.each(writes)("cannot %s", async (_, write) => {
    const zombie = open("zombie");
    await zombie.take();
    await countAttempt(database.db, zombie.held()!, 4, at(5));
    await database.db.query("update tidings.subscriptions set lease_until = now() - interval '1 second'");
    const heir = open("heir");
    expect(await heir.take()).toMatchObject({ position: 4, triedUpTo: 5 });
    const before = await row();
    expect(await write(zombie.held()!)).not.toBe(true);
    expect(await row()).toEqual(before);
    expect((await database.pool.query("select from tidings.parked_events")).rowCount).toBe(0);
    zombie.forget();
    await heir.release(at(4));
  });
});

describe("a process that does not know how far its slot is", () => {
  test.each(writes)("cannot move the position back: %s", async (_, write) => {
    const lease = open("me");
    await lease.take();
    await checkpoint(database.db, lease.held()!, at(7), LEASE_MS); // committed, but nobody heard of it
    const before = await row();
    expect(await write(lease.held()!)).not.toBe(true);
    expect(await row()).toEqual(before);
    await lease.release(at(4));
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
    await slow.release(at(3));
    released.give();
    await renewed.given;
    expect(await open("next").take()).not.toBeNull();
  });

  test("is held by one at a time, by the clock of the database", async () => {
    const [one, two] = [open("one"), open("two")];
    expect(await one.take()).toMatchObject({ position: 3 });
    expect(await two.take()).toBeNull();
    expect(await one.take(), "its own is taken anew").not.toBeNull();
    await one.release(at(3));
    expect(await two.take()).not.toBeNull();
    await one.release(at(9)); // no longer its own
    expect(await row()).toMatchObject({ position: "3", lease_owner: "two" });
    await two.release(at(3));
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
    expect(await heir.take()).toMatchObject({
      retryInMs: 300_000,
      failingForMs: 0,
    });
    expect(await open("other").take(), "the heir's is a lease as any").toBeNull();
    const [state] = await readSubscriptionStates(database.db);
    expect(state!.state).toBe("waiting");
    const [now] = await database.db.query<{ ms: number }>(
      "select extract(epoch from now())::float8 * 1000 as ms",
    );
    expect(state!.retryAt!.getTime() - now!.ms).toBeLessThanOrEqual(300_000);
    await heir.release(at(3));
  });

  test("of a stopped subscription is not given", async () => {
    await database.db.query("update tidings.subscriptions set state = 'stopped'");
    expect(await open("me").take()).toBeNull();
  });

  test("tells what the last holder left: the failure, its age and when the next try is due", async () => {
    const before = open("before");
    await before.take();
    await countAttempt(database.db, before.held()!, 4, at(5));
    await noteFailure(database.db, before.held()!, 5, {
      ...failure,
      retryInMs: 60_000,
    });
    await before.release(at(4));
    const state = (await open("me").take()) as SlotState;
    expect(state).toMatchObject({
      position: 4,
      triedUpTo: 5,
      lastError: "failed",
    });
    expect(state.failingForMs).toBeGreaterThanOrEqual(0);
    expect(state.retryInMs).toBeGreaterThan(0);
    expect(state.retryInMs).toBeLessThanOrEqual(60_000);
  });
});

test("tries of the same events add up; another set of events begins at one", async () => {
  const lease = open("me");
  await lease.take();
  const count = (from: number, upTo: number) => countAttempt(database.db, lease.held()!, from, at(upTo));
  expect([
    await count(3, 9),
    await count(3, 9),
    await count(3, 4),
    await count(3, 4),
    await count(4, 5),
  ]).toEqual([1, 2, 1, 2, 1]);
  await lease.release(at(4));
});

describe("waits for events that cannot be read", () => {
  const MINUTE_MS = 60_000;
  const unreadable = { ...event, problem: "unknown_type" } as const;
  const held = async () => {
    const mine = open("me");
    await mine.take();
    const lease = mine.held()!;
    mine.forget(); // renews it no more
    return lease;
  };
  const parkAt = (lease: Lease, position: number, waitedMs: number | null, type = "card.moved") =>
    park(database.db, lease, { ...unreadable, position, type }, { ...failure, waitedMs }, LEASE_MS);
  const recorded = async (minutesAgo: number, type = "card.closed") => ({
    ...unreadable,
    type,
    id: uuid7At((await databaseTime(database.db)) - minutesAgo * MINUTE_MS),
  });

  test("count for an event from when it was recorded, one after the other, and not for those that came later", async () => {
    const lease = await held();
    await parkAt(lease, 5, 15 * MINUTE_MS);
    await database.db.query(
      `update tidings.parked_events set parked_at = parked_at - interval '20 min', waited_since = waited_since - interval '20 min'`,
    );
    await parkAt(lease, 6, 10 * MINUTE_MS, "card.lost");
    await parkAt(lease, 7, null, "card.lost");
    const minutes = async (minutesAgo: number) =>
      Math.round((await earlierWaits(database.db, lease, await recorded(minutesAgo))).waitedMs / MINUTE_MS);
    expect(await Promise.all([60, 25, 15, 5, 0].map(minutes))).toEqual([25, 15, 10, 5, 0]);
    expect(await earlierWaits(database.db, lease, await recorded(0, "card.lost"))).toMatchObject({
      alike: true,
    });
    expect(await earlierWaits(database.db, { ...lease, slot: 1 }, await recorded(60))).toEqual({
      alike: false,
      waitedMs: 0,
    });
  });

  test("count no longer when what was waited for could be read, or was parked a day ago", async () => {
    const lease = await held();
    await parkAt(lease, 5, 15 * MINUTE_MS);
    const of = async () => (await earlierWaits(database.db, lease, await recorded(9_999))).waitedMs;
    expect(await of()).toBeCloseTo(15 * MINUTE_MS, 0);
    await database.db.query("update tidings.parked_events set unreadable_version = null");
    expect(await of()).toBe(0);
    await database.db.query(
      "update tidings.parked_events set unreadable_version = 1, parked_at = parked_at - interval '1 day'",
    );
    expect(await of()).toBe(0);
  });
});
