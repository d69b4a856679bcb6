import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defineEvent } from "../../src/events/defineEvent.ts";
import { from } from "../../src/events/upcast.ts";
import type { SubscriptionOptions } from "../../src/log/subscription.ts";
import type { SignalMap } from "../../src/signals.ts";
import type { Tidings } from "../../src/tidings.ts";
import { writeDown } from "./support/handler.ts";
import { item, itemChanged, itemRemoved } from "./support/itemEvents.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";
import type { ClientBase } from "pg";
import { z } from "zod";

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

/** A started Tidings with the subscription "copy", which writes down what it is given. */
async function startCopy(
  options: Partial<SubscriptionOptions<ClientBase>> = {},
  tidings: Tidings<ClientBase> = log.open(),
): Promise<Tidings<ClientBase>> {
  const behaviour = { exit: () => undefined, pause: async () => undefined };
  tidings.subscribe("copy", { from: "start", run: writeDown("copy", behaviour), ...options });
  await tidings.start();
  return tidings;
}

function nextSignal<Name extends keyof SignalMap>(
  tidings: Tidings<ClientBase>,
  name: Name,
): Promise<SignalMap[Name]> {
  return new Promise((resolve) => {
    const stop = tidings.signals.on(name, (signal) => {
      stop();
      resolve(signal);
    });
  });
}

const handledNumbers = async () => (await log.handled("copy")).map(({ n }) => n);

describe("an event whose handler throws", () => {
  test("park: it is set aside after maxAttempts tries, everything else of its batch is handled once", async () => {
    for (const n of [1, 2]) await log.record(n);
    await log.record(3, { act: "throw" });
    for (const n of [4, 5]) await log.record(n);
    const tidings = log.open();
    const failures: number[] = [];
    tidings.signals.on("subscription.failed", ({ position }) => failures.push(position));
    const parked = nextSignal(tidings, "subscription.parked");
    await startCopy({ maxAttempts: 2 }, tidings);

    expect(await parked).toEqual({ name: "copy", position: 3, type: "item.changed", attempts: 2 });
    await log.caughtUp("copy");
    expect(await handledNumbers()).toEqual([1, 2, 4, 5]);
    expect(failures, "once as a batch, twice alone").toEqual([1, 3, 3]);
    expect(await tidings.subscriptions.parked("copy")).toMatchObject([
      { position: 3, attempts: 2, error: expect.stringContaining("poisoned by 3") },
    ]);
  });

  test("stop: the subscription waits for a person, and goes on from the event when it is resumed", async () => {
    await log.record(1);
    await log.record(2, { act: "throw_until_healed" });
    await log.record(3);
    const tidings = log.open();
    const stopped = nextSignal(tidings, "subscription.stopped");
    await startCopy({ onFailure: "stop", maxAttempts: 1 }, tidings);

    expect(await stopped).toMatchObject({ name: "copy", slot: 0, position: 2 });
    expect(await tidings.subscriptions.list()).toMatchObject([
      {
        name: "copy",
        state: "stopped",
        position: 1,
        behind: 2,
        lastError: expect.stringContaining("poisoned by 2"),
      },
    ]);
    expect(await handledNumbers()).toEqual([1]);

    await log.rows("insert into healed values (true)");
    await tidings.subscriptions.resume("copy");
    await log.caughtUp("copy");
    expect(await handledNumbers()).toEqual([1, 2, 3]);
    await expect(tidings.subscriptions.resume("nobody")).rejects.toMatchObject({
      code: "SUBSCRIPTION_NOT_FOUND",
    });
  });

  test("retry: it is tried until it succeeds, beyond maxAttempts, and nothing passes it", async () => {
    await log.record(1, { act: "throw_until_healed" });
    await log.record(2);
    const tidings = log.open();
    const failures: SignalMap["subscription.failed"][] = [];
    const secondFailure = new Promise<void>((resolve) => {
      tidings.signals.on("subscription.failed", (signal) => {
        failures.push(signal);
        if (signal.attempts === 2) resolve();
      });
    });
    await startCopy({ onFailure: "retry", maxAttempts: 1, batch: 1 }, tidings);
    await secondFailure;
    expect(failures).toMatchObject([
      { position: 1, attempts: 1, willRetryInMs: 1_000 },
      { position: 1, attempts: 2, willRetryInMs: 2_000 },
    ]);
    expect(await tidings.subscriptions.list()).toMatchObject([
      { state: "waiting", attempts: 2, position: 0 },
    ]);
    await log.rows("insert into healed values (true)");
    await log.caughtUp("copy");
    expect(await log.handled("copy")).toMatchObject([
      { n: 1, attempt: 3 },
      { n: 2, attempt: 1 },
    ]);
  });

  test("a try that stop() interrupts is not counted", async () => {
    await log.record(1);
    const tidings = log.open();
    const begun = new Promise<void>((resolve) => {
      tidings.subscribe("copy", {
        from: "start",
        maxAttempts: 1,
        run: async (_, { signal }) => {
          resolve();
          await new Promise((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason as Error)),
          );
        },
      });
    });
    await tidings.start();
    await begun;
    await tidings.stop();
    expect(await log.open().subscriptions.list()).toMatchObject([
      { state: "idle", attempts: 0, position: 0, parked: 0 },
    ]);
  });
});

describe("a parked event", () => {
  const parkTwo = async () => {
    await log.record(1, { act: "throw_until_healed" });
    await log.record(2, { act: "throw_until_healed" });
    const tidings = log.open();
    await startCopy({ maxAttempts: 1, batch: 1 }, tidings);
    await log.caughtUp("copy");
    expect(await tidings.subscriptions.parked("copy")).toHaveLength(2);
    return tidings;
  };

  test("is tried once when that is asked for, counted, and stays when it fails again", async () => {
    const tidings = await parkTwo();
    const failed = nextSignal(tidings, "subscription.failed");
    expect(await tidings.subscriptions.retry("copy", [1])).toBe(1);
    expect(await failed).toMatchObject({ position: 1, attempts: 2, willRetryInMs: null });
    expect(await tidings.subscriptions.parked("copy")).toMatchObject([
      { position: 1, attempts: 2, retryRequested: false },
      { position: 2, attempts: 1 },
    ]);
  });

  test("is removed with the handler's writes when it succeeds; all are tried when none is named", async () => {
    const tidings = await parkTwo();
    await log.rows("insert into healed values (true)");
    const elsewhere = log.open(); // asks in the database; whoever runs the subscription sees it there
    expect(await elsewhere.subscriptions.retry("copy")).toBe(2);
    await expect.poll(() => tidings.subscriptions.parked("copy"), { timeout: 10_000 }).toEqual([]);
    expect(await log.handled("copy")).toMatchObject([
      { position: 1, attempt: 2 },
      { position: 2, attempt: 2 },
    ]);
    expect(await elsewhere.subscriptions.retry("copy")).toBe(0);
  });

  test("listed in pages, in the order of the log", async () => {
    const tidings = await parkTwo();
    const [first] = await tidings.subscriptions.parked("copy", { limit: 1 });
    expect(first).toMatchObject({ position: 1, account: "acme", lane: "domain", type: "item.changed" });
    expect(await tidings.subscriptions.parked("copy", { after: 1 })).toMatchObject([{ position: 2 }]);
  });
});

describe("an event that this process cannot read", () => {
  const newer = defineEvent("item.changed", {
    version: 2,
    subject: item,
    data: z.object({ count: z.number() }),
    upcast: { 1: from(itemChanged.schema as z.ZodType<{ n: number }>, ({ n }) => ({ count: n })) },
  });
  const recordNewer = (events: object) =>
    log
      .open({ events })
      .record(
        newer({ actor: { type: "user", id: "ann", label: null }, subject: item(1), data: { count: 9 } }),
      );

  test("of an unknown type is retried, and parked only when it stayed unknown for unknownForMs", async () => {
    await log.record(1);
    await recordNewer({ newer });
    const old = log.open({ events: { itemRemoved }, subscriptions: { unknownForMs: 300 } });
    const failures: SignalMap["subscription.failed"][] = [];
    old.signals.on("subscription.failed", (signal) => failures.push(signal));
    const parked = nextSignal(old, "subscription.parked");
    await startCopy({ maxAttempts: 1 }, old);
    expect(await parked).toMatchObject({ position: 1, type: "item.changed" });
    expect(failures[0]).toMatchObject({ position: 1, error: { code: "UNKNOWN_TYPE" }, willRetryInMs: 300 });
    expect(failures.length, "tried again before it was parked, whatever maxAttempts says").toBeGreaterThan(1);
  });

  test("of a newer version is handled when a process comes that knows it; what lay before was not held up", async () => {
    await log.record(1);
    await recordNewer({ newer });
    const old = log.open();
    const failed = nextSignal(old, "subscription.failed");
    await startCopy({}, old);
    expect(await failed).toMatchObject({
      position: 2,
      error: { code: "WRONG_VERSION" },
      willRetryInMs: 5_000,
    });
    expect(await handledNumbers()).toEqual([1]);
    await old.stop();

    const seen: unknown[] = [];
    const deployed = log.open({ events: { newer } });
    await startCopy({ run: (events) => void seen.push(...events.map(({ data }) => data)) }, deployed);
    await log.caughtUp("copy");
    expect(seen).toEqual([{ count: 9 }]);
    expect(await deployed.subscriptions.parked("copy")).toEqual([]);
  });

  test("holds a subscription that never gives up, instead of being parked", async () => {
    await log.record(1);
    const old = log.open({ events: { itemRemoved }, subscriptions: { unknownForMs: 10 } });
    const tries = new Promise<void>((resolve) => {
      old.signals.on("subscription.failed", ({ attempts }) => attempts === 4 && resolve());
    });
    await startCopy({ onFailure: "retry" }, old);
    await tries;
    expect(await old.subscriptions.parked("copy")).toEqual([]);
  });
});
