import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSequencer } from "../../src/log/sequencer.ts";
import { createSlotLease } from "../../src/log/slotLease.ts";
import { checkpoint } from "../../src/log/slotProgress.ts";
import { createSignals } from "../../src/signals.ts";
import { eventually } from "./support/eventually.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

const LEASE_MS = 1_000;

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

describe("when a worker process goes away", () => {
  test("killed in the middle of a handler: another one handles the event once, and the lost try is counted", async () => {
    const settings = { leaseMs: LEASE_MS, subscriptions: [{ name: "copy" }] };
    const first = await log.worker(settings);
    await log.record(1, { act: "pause" });
    await first.says("paused 1");
    first.kill("SIGKILL");
    const second = await log.worker(settings);
    await second.says("paused 1");
    second.tell("go");
    await second.says("handled copy 1");

    expect(await log.handled("copy")).toMatchObject([{ position: 1, attempt: 2 }]);
  });

  test("stopped like a sleeping laptop: it cannot commit what it began, and goes on when it is needed", async () => {
    const settings = {
      leaseMs: LEASE_MS,
      subscriptions: [{ name: "copy", batch: 1 }],
    };
    const zombie = await log.worker(settings);
    await log.record(1, { act: "pause" });
    await zombie.says("paused 1");
    zombie.kill("SIGSTOP");
    const successor = await log.worker(settings);
    await successor.says("paused 1"); // the lease ran out
    successor.tell("go");
    await successor.says("handled copy 1");

    zombie.kill("SIGCONT");
    zombie.tell("go"); // its handler ends and wants to commit
    await zombie.says("lost copy");
    await log.record(2);
    await successor.says("handled copy 2");
    expect(await log.handled("copy")).toMatchObject([
      { position: 1, attempt: 2 },
      { position: 2, attempt: 1 },
    ]);

    successor.kill("SIGKILL");
    await log.record(3);
    await zombie.says("handled copy 3");
  });

  test("a handler that takes longer than the lease keeps it", async () => {
    // Long enough that a busy machine does not keep the process from renewing it.
    const settings = { leaseMs: 1_000, subscriptions: [{ name: "copy" }] };
    const worker = await log.worker(settings);
    await log.record(1, { act: "pause" });
    await worker.says("paused 1");
    await log.worker(settings);
    const renewals = () =>
      log.rows<{ until: string; token: string }>(
        "select lease_until::text as until, lease_token::text as token from tidings.subscriptions",
      );
    const [held] = await renewals();
    // Three leases long, by the clock of the database that decides.
    await log.rows("select pg_sleep(3)");
    const [later] = await renewals();
    expect(later!.token).toBe(held!.token);
    expect(later!.until > held!.until).toBe(true);
    worker.tell("go");
    await worker.says("handled copy 1");
    expect(await log.handled("copy")).toMatchObject([{ attempt: 1 }]);
  });

  test("an event whose handler ends the process is parked in the end, alone of its batch", async () => {
    const settings = {
      leaseMs: 200,
      subscriptions: [{ name: "copy", maxAttempts: 2 }],
    };
    for (const n of [1, 2, 3]) await log.record(n);
    await log.record(4, { act: "exit" });
    for (const n of [5, 6]) await log.record(n);
    // The first try is one of the whole batch and says nothing about a single event; two more are of event 4 alone.
    for (let crash = 1; crash <= 3; crash++) {
      const worker = await log.worker(settings);
      expect(await worker.ended).toBe(7);
    }
    await log.worker(settings);
    await log.caughtUp("copy");

    expect((await log.handled("copy")).map(({ n }) => n)).toEqual([1, 2, 3, 5, 6]);
    const [parked] = await log.open().subscriptions.parked("copy");
    expect(parked).toMatchObject({ position: 4, retryRequested: false });
    expect(parked!.error).toContain("The process ended while it handled this event");
  });

  test("work that was waiting to commit when its process froze does not hold the slot for ever", async () => {
    const leaseMs = 300;
    const settings = { leaseMs, subscriptions: [{ name: "copy" }] };
    const before = await log.worker(settings);
    await log.record(1);
    await before.says("handled copy 1");
    await before.end();
    await log.record(2);
    await createSequencer(log.database.db, createSignals(), () => undefined).tick();
    const { db } = log.database;
    const lease = createSlotLease({
      db,
      signals: createSignals(),
      name: "copy",
      slot: 0,
      owner: "frozen",
      leaseMs,
    });
    await eventually("the lease is free", async () => (await lease.take()) !== null);
    const held = lease.held()!;
    lease.forget(); // it renews nothing any more
    // Its transaction wrote the checkpoint, and then hears nothing more.
    const frozen = await log.database.pool.connect();
    frozen.on("error", () => undefined);
    await frozen.query("begin");
    expect(await checkpoint(db.adopt(frozen), held, { position: 2, id: null }, leaseMs)).toBe(true);
    const worker = await log.worker(settings);
    await worker.says("handled copy 2");
    frozen.release(true);
  });
});
