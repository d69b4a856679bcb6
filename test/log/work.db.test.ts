import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeDown } from "./support/handler.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

const behaviour = { exit: () => undefined, pause: async () => undefined };

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

const openWithCopy = (slots = 1) => {
  const tidings = log.open();
  tidings.subscribe("copy", { from: "start", slots, run: writeDown("copy", behaviour) });
  return tidings;
};

describe("work()", () => {
  test("handles everything, says so, and leaves the leases free", async () => {
    for (let n = 1; n <= 5; n++) await log.record(n);
    const tidings = openWithCopy(3);
    expect(await tidings.work()).toEqual({ caughtUp: true, position: 5 });
    expect(await log.handled("copy")).toHaveLength(5);
    expect(await tidings.subscriptions.list()).toMatchObject(
      [0, 1, 2].map((slot) => ({ slot, state: "idle", owner: null, position: 5, behind: 0 })),
    );
    await log.record(6);
    expect(await tidings.work(), "again, in the same process").toEqual({ caughtUp: true, position: 6 });
  });

  test("two at once: each event once, and both are told that all is handled", async () => {
    for (let n = 1; n <= 200; n++) await log.record(n);
    const results = await Promise.all([openWithCopy(2).work(), openWithCopy(2).work()]);
    expect(results).toEqual([
      { caughtUp: true, position: 200 },
      { caughtUp: true, position: 200 },
    ]);
    expect((await log.handled("copy")).map(({ n }) => n)).toEqual(
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
  });

  test("is told that all is handled by a process that holds the slots and stays", async () => {
    const staying = openWithCopy(2);
    await staying.start();
    await log.record(1);
    await log.caughtUp("copy");
    expect(await openWithCopy(2).work()).toEqual({ caughtUp: true, position: 1 });
    expect(await staying.subscriptions.list()).toMatchObject([{ state: "running" }, { state: "running" }]);
  });

  test("ends when its time is over, with the truth", async () => {
    await log.record(1);
    const tidings = log.open();
    let tries = 0;
    const run = () => {
      tries++;
      throw new Error("never");
    };
    tidings.subscribe("copy", { from: "start", run });
    expect(await tidings.work({ forMs: 300 })).toEqual({ caughtUp: false, position: 1 });
    expect(await tidings.subscriptions.list()).toMatchObject([
      { state: "idle", owner: null, attempts: tries, position: 0 },
    ]);
  });

  test("gives positions however short its time is", async () => {
    await log.record(1);
    expect(await log.open().work({ forMs: 0.001 })).toMatchObject({ position: 1 });
  });

  test("says where the log is while another process gives positions", async () => {
    await log.record(1);
    await log.open().work();
    await log.record(2);
    const tidings = log.open();
    const result = await log.database.db.transaction(async (tx) => {
      await tx.query("select pg_advisory_xact_lock(hashtextextended('tidings.sequencer', 0))"); // as a tick does
      return tidings.work({ forMs: 50 });
    });
    expect(result).toEqual({ caughtUp: false, position: 1 });
  });

  test("makes the retries that were asked for", async () => {
    await log.record(1, { act: "throw_until_healed" });
    const tidings = log.open();
    tidings.subscribe("copy", { from: "start", maxAttempts: 1, run: writeDown("copy", behaviour) });
    await tidings.work();
    await log.rows("insert into healed values (true)");
    await tidings.subscriptions.retry("copy");
    await tidings.work();
    expect(await tidings.subscriptions.parked("copy")).toEqual([]);
    expect(await log.handled("copy")).toMatchObject([{ n: 1, attempt: 2 }]);
  });
});

describe("start() and stop()", () => {
  test("a stop during the start leaves nothing running", async () => {
    const tidings = openWithCopy();
    let begun = false;
    const started = tidings.start().then(() => (begun = true));
    await tidings.stop();
    expect(begun, "stop() ends what start() began, so it comes after it").toBe(true);
    await started;
    await log.record(1);
    await log.open().work();
    expect(await log.handled("copy")).toEqual([]);
    await tidings.start();
    await log.caughtUp("copy");
  });

  test("start() twice is refused, also while the first is under way", async () => {
    const tidings = openWithCopy();
    const outcomes = await Promise.allSettled([tidings.start(), tidings.start()]);
    expect(outcomes).toMatchObject([
      { status: "fulfilled" },
      { status: "rejected", reason: { code: "ALREADY_STARTED" } },
    ]);
  });
});
