import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { queueOn, type QueueUnderTest } from "../../test/webhooks/support/queueUnderTest.ts";
import { createSweeper } from "./sweeper.ts";

const TIMEOUT_MS = 15_000;

describeOnDatabases("deliveries whose worker died", (open) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  beforeEach(() => queue.empty());
  afterAll(() => database.drop());

  /** What is due is claimed by a worker that dies; its leases end. Returns what it had. */
  async function dies(): Promise<string[]> {
    await queue.timePasses();
    const { deliveries } = await queue.claim();
    await queue.rows("update tidings.delivery_queue set leased_until = '-infinity' where state = 1");
    return deliveries.map(({ id }) => id);
  }

  async function isLost(): Promise<void> {
    expect(await dies()).toHaveLength(1);
    expect(await queue.sweep()).toMatchObject({ lost: 1 });
  }

  /** For how long each waits, counted from the sweep that found it. */
  async function waits(): Promise<number[]> {
    const rows = await queue.rows<{ ms: number }>(
      `select extract(epoch from q.run_at - a.started_at)::float8 * 1000 as ms
         from tidings.delivery_queue q join tidings.attempts a on a.delivery_id = q.delivery_id and a.number = q.attempts`,
    );
    return rows.map(({ ms }) => ms);
  }

  test("are sent again at once; what is lost every time goes by the schedule from the third loss on, and is given up with it", async () => {
    const endpoint = await queue.endpoint({ schedule: [0, 100, 1_000] });
    const [poison] = await queue.enqueue(endpoint);
    const seen: { state: string; step: number | null; from: number }[] = [];
    for (let loss = 1; loss <= 4; loss++) {
      await isLost();
      const { state, step } = await queue.delivery(poison!.delivery);
      const [ms] = await waits();
      const from = [0, 100_000, 1_000_000].findLast((delay) => ms! >= delay)!;
      expect(ms! - from).toBeLessThan(loss === 1 ? 1 : TIMEOUT_MS);
      seen.push({ state, step, from });
    }
    expect(seen).toEqual([
      { state: "pending", step: 0, from: 0 },
      { state: "pending", step: 0, from: 0 },
      { state: "retrying", step: 1, from: 100_000 },
      { state: "retrying", step: 2, from: 1_000_000 },
    ]);
    await dies();
    expect(await queue.sweep()).toMatchObject({
      lost: 1,
      givenUp: [{ account: "acme", endpoint, delivery: poison!.delivery }],
    });
    expect(await queue.delivery(poison!.delivery)).toMatchObject({
      state: "failed",
      failure: "worker_lost",
      attempts: 5,
      settled: true,
      troubled: true,
      queued: null,
    });
    // It is nobody's fault but ours.
    expect(await queue.run(endpoint)).toMatchObject({ inflight: 0, failed_in_row: 0, breaker: "closed" });
  });

  test("that are lost together twice are not sent together a third time, and used up no try by then", async () => {
    const endpoint = await queue.endpoint({ schedule: [0] });
    const made = await queue.enqueue(endpoint, 8);
    for (const together of [true, false]) {
      expect(await dies()).toHaveLength(8);
      expect(await queue.sweep()).toMatchObject({ lost: 8, givenUp: [] });
      const all = await waits();
      expect(new Set(all).size).toBe(together ? 1 : 8);
      expect(Math.max(...all)).toBeLessThan(TIMEOUT_MS);
    }
    await queue.timePasses();
    expect((await queue.answer(await queue.claim())).accepted).toHaveLength(8);
    for (const { delivery } of made)
      expect(await queue.delivery(delivery)).toMatchObject({ state: "delivered", attempts: 3 });
  });

  test("begin anew where a try between two losses was answered", async () => {
    const endpoint = await queue.endpoint({ schedule: [0, 100, 1_000] });
    await queue.enqueue(endpoint);
    await isLost();
    await isLost();
    await queue.timePasses();
    await queue.answer(await queue.claim(), { status: 500 });
    await isLost();
    expect(await waits()).toEqual([0]);
    expect(await queue.rows("select step::int as step from tidings.delivery_queue")).toEqual([{ step: 1 }]);
  });

  test("and were given up are told of, and let those of their subject go that stood behind them", async () => {
    const endpoint = await queue.endpoint({ schedule: [0], ordered: true });
    const [poison, next] = await queue.enqueue(endpoint, 2, { key: "card:1" });
    await isLost();
    await isLost();
    expect(await dies()).toEqual([poison!.delivery]);
    const told = new Promise((resolve) => queue.signals.on("webhook.failed", resolve));
    const sweeper = createSweeper(database.db, queue.signals);
    sweeper.start();
    expect(await told).toEqual({
      account: "acme",
      endpoint,
      delivery: poison!.delivery,
      failure: "worker_lost",
      status: null,
      willRetryInMs: null,
    });
    await sweeper.stop();
    await queue.timePasses();
    expect((await queue.claim()).deliveries.map(({ id }) => id)).toEqual([next!.delivery]);
  });
});
