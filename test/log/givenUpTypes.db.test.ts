import type { ClientBase } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineEvent } from "../../src/events/defineEvent.ts";
import { from } from "../../src/events/upcast.ts";
import type { SubscriptionOptions } from "../../src/log/subscription.ts";
import type { SignalMap } from "../../src/signals.ts";
import type { Tidings } from "../../src/tidings.ts";
import { item, itemChanged, itemEvents, itemRemoved } from "./support/itemEvents.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

const actor = { type: "user", id: "ann", label: null };
const PATIENCE_MS = 100;
/** As little as every test would wait for if it had to. */
const FOR_EVER_MS = 900_000;

/** A process that does not know `item.changed`, with the subscription "copy" and what became of the events. */
function openOlder(unknownForMs: number, run: SubscriptionOptions<ClientBase>["run"] = () => undefined) {
  const tidings = log.open({ events: { itemRemoved }, subscriptions: { unknownForMs } });
  tidings.subscribe("copy", { from: "start", run });
  return { tidings, ...watch(tidings) };
}

function watch(tidings: Tidings<ClientBase>) {
  const waited: number[] = [];
  const parked: number[] = [];
  tidings.signals.on("subscription.failed", ({ position, willRetryInMs }) => {
    if (willRetryInMs !== null) waited.push(position);
  });
  tidings.signals.on("subscription.parked", ({ position }) => parked.push(position));
  return { waited, parked };
}

const remove = (account: string) =>
  log.open({ events: itemEvents }).record(itemRemoved({ account, actor, subject: item(1) }));

test("of many events of an unknown type the first alone is waited for; nobody else waits for the others", async () => {
  for (const n of [1, 2, 3, 4, 5, 6]) await log.record(n, { account: "a" });
  await remove("b");
  const handled: string[] = [];
  const { tidings, waited, parked } = openOlder(
    PATIENCE_MS,
    (events) => void handled.push(...events.map(({ account }) => account)),
  );
  await tidings.start();
  await log.caughtUp("copy");
  expect(new Set(waited)).toEqual(new Set([1]));
  expect(parked).toEqual([1, 2, 3, 4, 5, 6]);
  expect(handled).toEqual(["b"]);
});

test("of several unknown types the first is waited for, and meanwhile those behind it, also with known ones in between", async () => {
  const at = { account: "a", actor, subject: item(1) };
  const others = ["item.moved", "item.sold", "item.lost"].map((type) => defineEvent(type, { subject: item }));
  const newer = log.open({
    events: { ...itemEvents, ...Object.fromEntries(others.map((e) => [e.type, e])) },
  });
  for (const type of [itemRemoved, ...others, itemRemoved, others[0]!]) await newer.record(type(at));
  const handled: number[] = [];
  const { tidings, waited, parked } = openOlder(
    PATIENCE_MS,
    (events) => void handled.push(...events.map(({ position }) => position)),
  );
  await tidings.start();
  await log.caughtUp("copy");
  expect(new Set(waited)).toEqual(new Set([2]));
  expect(parked).toEqual([2, 3, 4, 6]);
  expect(handled).toEqual([1, 5]);
});

test("a process that takes the slot over does not wait for them again, nor does a call of work()", async () => {
  await log.record(1);
  const first = openOlder(PATIENCE_MS);
  await first.tidings.start();
  await log.caughtUp("copy");
  await first.tidings.stop();

  await log.record(2);
  const second = openOlder(FOR_EVER_MS);
  expect(await second.tidings.work()).toEqual({ caughtUp: true, position: 2 });
  expect(second).toMatchObject({ waited: [], parked: [2] });
});

test("another version is waited for, and so is the same one when the parked events could be read, whatever became of them", async () => {
  await log.record(1);
  const older = openOlder(PATIENCE_MS);
  await older.tidings.start();
  await log.caughtUp("copy");
  await older.tidings.stop();

  const nextWait = async () => {
    const { tidings } = openOlder(FOR_EVER_MS);
    const failed = new Promise<SignalMap["subscription.failed"]>((resolve) =>
      tidings.signals.on("subscription.failed", resolve),
    );
    await tidings.start();
    const { position, willRetryInMs } = await failed;
    await tidings.stop();
    return { position, willRetryInMs };
  };
  const upcast = { 1: from(z.object({}), () => ({})) };
  const newer = defineEvent("item.changed", { version: 2, subject: item, data: z.object({}), upcast });
  await log.open({ events: { newer } }).record(newer({ actor, subject: item(1), data: {} }));
  expect(await nextWait()).toEqual({ position: 2, willRetryInMs: 5_000 });

  await log.rows(
    "update tidings.subscriptions set position = 2, failing_since = null, retry_at = '-infinity'",
  );
  const deployed = log.open();
  deployed.subscribe("copy", {
    run: () => {
      throw new Error("not today");
    },
  });
  await deployed.subscriptions.retry("copy", [1]);
  await deployed.work();
  expect(await deployed.subscriptions.parked("copy")).toMatchObject([
    { position: 1, error: expect.stringContaining("not today") },
  ]);
  await log.record(3);
  expect(await nextWait()).toEqual({ position: 3, willRetryInMs: 5_000 });
});

test("nor does what an upcaster refuses hold up the rest for each event, with events that it takes in between", async () => {
  for (const n of [-1, 2, -3, 4, -5, 6]) await log.record(n);
  const newer = defineEvent("item.changed", {
    version: 2,
    subject: item,
    data: z.object({ root: z.number() }),
    upcast: {
      1: from(itemChanged.schema as z.ZodType<{ n: number }>, ({ n }) => {
        if (n < 0) throw new Error("no root");
        return { root: Math.sqrt(n) };
      }),
    },
  });
  const tidings = log.open({ events: { newer }, subscriptions: { unknownForMs: PATIENCE_MS } });
  const handled: number[] = [];
  tidings.subscribe("copy", {
    from: "start",
    run: (events) => void handled.push(...events.map(({ position }) => position)),
  });
  const { waited, parked } = watch(tidings);
  await tidings.start();
  await log.caughtUp("copy");
  expect(new Set(waited)).toEqual(new Set([1]));
  expect(parked).toEqual([1, 3, 5]);
  expect(handled).toEqual([2, 4, 6]);
});

test("an event whose handler failed says nothing about others of its type", async () => {
  await log.record(1, { act: "throw" });
  const knowing = log.open();
  knowing.subscribe("copy", {
    from: "start",
    maxAttempts: 1,
    run: () => {
      throw new Error("not today");
    },
  });
  await knowing.work();
  expect(await knowing.subscriptions.parked("copy")).toHaveLength(1);
  await log.record(2);
  const { tidings, waited } = openOlder(PATIENCE_MS);
  await tidings.start();
  await log.caughtUp("copy");
  expect(waited).not.toEqual([]);
});
