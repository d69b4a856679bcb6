import type { ClientBase } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { insertRawEvent } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { createContextStore } from "../events/context.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { createRegistry } from "../events/registry.ts";
import { createSignals } from "../signals.ts";
import { listParked, requestRetry } from "./parkedEvents.ts";
import { retryParked } from "./retryParked.ts";
import { createSlotLease } from "./slotLease.ts";
import { checkSubscription, type SubscriptionOptions } from "./subscription.ts";

const cardMoved = defineEvent("card.moved", { subject: defineEntity("card") });
const registry = createRegistry({ cardMoved });

let database: PostgresTestDatabase;
beforeEach(async () => (database = await createTestDatabase()));
afterEach(() => database.drop());

/** Parks an event at position 1 and asks for another try. */
async function park({ eventId }: { eventId?: string } = {}): Promise<void> {
  const id = eventId ?? (await insertRawEvent(database.db));
  await database.db.query(
    `insert into tidings.parked_events (name, position, slot, account_id, lane, event_id, type, error, attempts)
     values ('copy', 1, 0, 'acme', 'domain', $1::uuid, 'card.moved', 'first error', 3)`,
    [id],
  );
  expect(await requestRetry(database.db, "copy", null)).toBe(1);
}

/** What a process does that believes to hold the slot. */
function processThat(run: SubscriptionOptions<ClientBase>["run"]) {
  const { db } = database;
  const signals = createSignals();
  const lease = createSlotLease({ db, signals, name: "copy", slot: 0, owner: "me", leaseMs: 30_000 });
  const subscription = checkSubscription("copy", { run } as SubscriptionOptions, registry);
  const contexts = createContextStore();
  return { lease, retry: () => retryParked(subscription, 0, lease, { db, registry, signals, contexts }) };
}

test("of two processes that try one parked event, one commits; asking again does not wait for either", async () => {
  await park();
  await database.pool.query("create table effects (by text)");
  const write = (by: string, after: Promise<void>): SubscriptionOptions<ClientBase>["run"] => {
    return async (_, { tx }) => {
      await tx.query("insert into effects values ($1)", [by]);
      began.get(by)!();
      await after;
    };
  };
  const began = new Map<string, () => void>();
  const beginning = (by: string) => new Promise<void>((resolve) => began.set(by, resolve));
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const begun = [beginning("first"), beginning("second")];
  const tries = [processThat(write("first", ended)).retry()];
  await begun[0];
  await processThat(() => expect.unreachable("the request is taken")).retry();
  expect(await requestRetry(database.db, "copy", null), "somebody asks again").toBe(1);
  tries.push(processThat(write("second", ended)).retry());
  await begun[1];
  end();
  await Promise.all(tries);
  const effects = await database.pool.query("select * from effects");
  expect(effects.rowCount).toBe(1);
  expect(await listParked(database.db, "copy", 0, 10)).toEqual([]);
});

test("a try that stop() interrupts is asked for again, and not counted", async () => {
  await park();
  const process = processThat(async (_, { signal }) => {
    process.lease.stop();
    signal.throwIfAborted();
  });
  await process.retry();
  expect(await listParked(database.db, "copy", 0, 10)).toMatchObject([
    { attempts: 3, retryRequested: true, error: "first error" },
  ]);
});

test("an event that is no longer in the log stays parked and says so", async () => {
  await park({ eventId: "01900000-0000-7000-8000-000000000000" });
  await processThat(() => undefined).retry();
  expect(await listParked(database.db, "copy", 0, 10)).toMatchObject([
    { attempts: 4, retryRequested: false, error: expect.stringContaining("no such event") },
  ]);
});
