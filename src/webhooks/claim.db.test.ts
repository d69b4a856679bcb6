import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../test/log/support/eventually.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { newMessage, queueOn, type QueueUnderTest } from "../../test/webhooks/support/queueUnderTest.ts";
import type { Claimed } from "./claim.ts";
import { enqueue } from "./enqueue.ts";

describeOnDatabases("claiming deliveries", (open, under) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  beforeEach(() => queue.empty());
  afterAll(() => database.drop());

  const of = (claimed: Claimed, account: string) =>
    claimed.deliveries.filter((each) => each.account === account).length;

  test("gives what the request needs, and the oldest first", async () => {
    const endpoint = await queue.endpoint({ url: "http://receiver.test/a", timeoutMs: 3_000 });
    const made = await queue.enqueue(endpoint, 3);
    const { endpoints, deliveries } = await queue.claim({ want: 2 });
    expect(endpoints).toMatchObject([
      { id: endpoint, url: "http://receiver.test/a", timeoutMs: 3_000, slow: false },
    ]);
    expect(deliveries.map(({ id }) => id)).toEqual(made.slice(0, 2).map(({ delivery }) => delivery));
    expect(deliveries[0]).toMatchObject({
      type: "item.changed",
      step: 0,
      attempts: 0,
      message: made[0]!.message,
    });
    expect(Buffer.from(deliveries[0]!.body!, "base64")).toEqual(newMessage(1).body);
  });

  test("a delivery is given to one worker only", async (context) => {
    under.needsSeveralConnections(context);
    const endpoints = await Promise.all(Array.from({ length: 5 }, () => queue.endpoint()));
    for (const endpoint of endpoints) await queue.enqueue(endpoint, 6);
    const claims = await Promise.all(Array.from({ length: 6 }, () => queue.claim({ want: 8 })));
    const ids = claims.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(0);
  });

  test("an endpoint gets no more at once than its limit", async () => {
    const endpoint = await queue.endpoint({ inFlight: 8 });
    await queue.enqueue(endpoint, 20);
    const first = await queue.claim();
    expect(first.deliveries).toHaveLength(8);
    expect((await queue.claim()).deliveries).toHaveLength(0);
    const { due } = await queue.answer(first);
    expect(due).toBe(true);
    expect((await queue.claim()).deliveries).toHaveLength(8);
  });

  describe("fairness", () => {
    test("an account holds at most half of a worker", async () => {
      const greedy = [];
      for (let n = 0; n < 5; n++) greedy.push(await queue.endpoint({ account: "greedy" }));
      for (const endpoint of greedy) await queue.enqueue(endpoint, 8, { account: "greedy" });
      const small = await queue.endpoint({ account: "small" });
      await queue.enqueue(small, 2, { account: "small" });
      const claimed = await queue.claim({ want: 16, slots: 16 });
      expect([of(claimed, "greedy"), of(claimed, "small")]).toEqual([8, 2]);
      expect(
        (await queue.claim({ want: 6, slots: 16, busy: { greedy: 8, small: 2 } })).deliveries,
      ).toHaveLength(0);
      expect(of(await queue.claim({ want: 16, slots: 16, busy: { greedy: 5 } }), "greedy")).toBe(3);
    });

    test("a hundred endpoints of one account win nothing over the one of another", async () => {
      for (let n = 0; n < 100; n++) {
        const endpoint = await queue.endpoint({ account: "many" });
        await queue.enqueue(endpoint, 1, { account: "many" });
      }
      const one = await queue.endpoint({ account: "one" });
      await queue.enqueue(one, 1, { account: "one" });
      const first = await queue.claim({ want: 2 });
      const busy = { many: of(first, "many"), one: of(first, "one") };
      const second = await queue.claim({ want: 2, busy });
      expect(busy.one + of(second, "one")).toBe(1);
    });

    test("endpoints that are looked at in vain keep nobody waiting", async () => {
      for (let n = 0; n < 20; n++) await queue.endpoint({ account: `empty-${n}` });
      await queue.rows("update tidings.endpoint_runs set next_at = clock_timestamp()");
      const busy = await queue.endpoint({ account: "busy" });
      await queue.enqueue(busy, 1, { account: "busy" });
      await queue.rows("update tidings.endpoint_runs set last_served = now() where account_id = 'busy'");
      let claimed = await queue.claim({ want: 16 });
      expect(claimed.deliveries).toHaveLength(0);
      // On a slow machine the first of the empty ones are due again before the busy one's turn: then there is more after it.
      while (claimed.waitMs === 0 && of(claimed, "busy") === 0) claimed = await queue.claim({ want: 16 });
      expect(of(claimed, "busy")).toBe(1);
    });

    test("an endpoint that another worker holds is looked at again soon", async (context) => {
      under.needsSeveralConnections(context);
      const endpoint = await queue.endpoint();
      await queue.enqueue(endpoint, 1);
      await database.db.transaction(async (tx) => {
        await tx.query("select 1 as locked from tidings.endpoint_runs for update");
        expect(await queue.claim()).toMatchObject({ deliveries: [], waitMs: 1 });
      });
    });

    test("slow endpoints of all accounts share what is left of a quarter", async () => {
      for (const account of ["a", "b", "c"]) {
        await queue.enqueue(await queue.endpoint({ account }), 4, { account });
      }
      await queue.rows("update tidings.endpoint_runs set duration_ms = 9000");
      const quick = await queue.endpoint({ account: "quick" });
      await queue.enqueue(quick, 4, { account: "quick" });
      const claimed = await queue.claim({ want: 16, slots: 16, slowRoom: 3 });
      expect(of(claimed, "quick")).toBe(4);
      expect(claimed.deliveries).toHaveLength(7);
      expect(claimed.endpoints.filter(({ slow }) => slow).length).toBeGreaterThan(0);
      expect((await queue.claim({ slowRoom: 0 })).deliveries).toHaveLength(0);
    });

    test("case 25: beside a hanging endpoint with 2,000 messages, healthy endpoints get theirs within a few claims", async () => {
      const hanging = await queue.endpoint({ account: "hanging", inFlight: 32 });
      for (let n = 0; n < 2; n++) await queue.enqueue(hanging, 1_000, { account: "hanging" });
      for (let n = 0; n < 20; n++) {
        const account = `healthy-${n}`;
        await queue.enqueue(await queue.endpoint({ account }), 10, { account });
      }
      let delivered = 0;
      let claims = 0;
      let held = 0; // what hangs keeps its slots
      while (delivered < 200 && claims < 12) {
        claims++;
        const claimed = await queue.claim({ want: 64 - held, busy: { hanging: held } });
        held += of(claimed, "hanging");
        const deliveries = claimed.deliveries.filter(({ account }) => account !== "hanging");
        await queue.answer({ ...claimed, deliveries });
        delivered += deliveries.length;
      }
      expect(delivered).toBe(200);
      expect(held).toBeLessThanOrEqual(32);
    });
  });

  describe("case 27: a rate limit", () => {
    // One in 100 s: what passes in truth while a test runs adds nothing.
    const limited = { rate: 0.01, burst: 5, inFlight: 32 };
    const secondsPass = (seconds: number) =>
      queue.rows(
        `update tidings.endpoint_runs set next_at = next_at - interval '${seconds} s', tokens_at = tokens_at - interval '${seconds} s'`,
      );

    test("is kept by two workers together, to the message", async (context) => {
      under.needsSeveralConnections(context);
      await queue.enqueue(await queue.endpoint(limited), 60);
      const both = async () => {
        const claims = await Promise.all([queue.claim(), queue.claim()]);
        for (const each of claims) await queue.answer(each);
        return claims[0]!.deliveries.length + claims[1]!.deliveries.length;
      };
      let sent = await both();
      expect(sent).toBe(5); // the burst
      for (let turn = 1; turn <= 10; turn++) {
        await secondsPass(500);
        sent += await both();
      }
      expect(sent).toBe(55);
    });

    test("charges nothing to what waits, and says when the next may go", async () => {
      const made = await queue.enqueue(await queue.endpoint({ ...limited, burst: 1 }), 2);
      await queue.answer(await queue.claim());
      const { deliveries, waitMs } = await queue.claim();
      expect(deliveries).toHaveLength(0);
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(100_001);
      expect(await queue.delivery(made[1]!.delivery)).toMatchObject({
        state: "pending",
        attempts: 0,
        step: 0,
      });
      await secondsPass(100);
      expect((await queue.claim()).deliveries).toHaveLength(1);
    });

    test("is not broken by messages that arrive while it waits", async () => {
      const endpoint = await queue.endpoint({ ...limited, burst: 1 });
      await queue.enqueue(endpoint, 2);
      await queue.claim();
      await queue.enqueue(endpoint, 1);
      const { deliveries, waitMs } = await queue.claim();
      expect(deliveries).toHaveLength(0);
      expect(waitMs).toBeGreaterThan(0); // and not: look again at once
    });
  });

  describe("an ordered endpoint", () => {
    test("gets one of each subject at a time, in order, and waits for a retry", async () => {
      const endpoint = await queue.endpoint({ ordered: true });
      const a = await queue.enqueue(endpoint, 3, { key: "card:a" });
      const b = await queue.enqueue(endpoint, 1, { key: "card:b" });
      const idsOf = ({ deliveries }: Claimed) => deliveries.map(({ id }) => id);
      const first = await queue.claim();
      expect(idsOf(first).sort()).toEqual([a[0]!.delivery, b[0]!.delivery].sort());
      await queue.answer(first, { status: 500 });
      expect((await queue.claim()).deliveries).toHaveLength(0);
      await queue.timePasses();
      const again = await queue.claim();
      expect(idsOf(again).sort()).toEqual(idsOf(first).sort());
      await queue.answer(again);
      expect(idsOf(await queue.claim())).toEqual([a[1]!.delivery]);
    });

    test("goes on with the next of a subject when one failed for good", async () => {
      const endpoint = await queue.endpoint({ ordered: true, schedule: [0] });
      const [first, second] = await queue.enqueue(endpoint, 2, { key: "card:a" });
      await queue.answer(await queue.claim(), { status: 500 });
      expect(await queue.delivery(first!.delivery)).toMatchObject({ state: "failed" });
      expect((await queue.claim()).deliveries.map(({ id }) => id)).toEqual([second!.delivery]);
    });

    test("a line whose first was taken away moves on", async () => {
      const endpoint = await queue.endpoint({ ordered: true });
      const [first, second] = await queue.enqueue(endpoint, 2, { key: "card:a" });
      await queue.rows("delete from tidings.delivery_queue where delivery_id = $1::uuid", [first!.delivery]);
      await queue.rows("select tidings.promote_waiting(10)");
      expect((await queue.claim()).deliveries.map(({ id }) => id)).toEqual([second!.delivery]);
    });
  });

  describe("an endpoint that looked empty", () => {
    test("is looked at again for what was being written meanwhile", async (context) => {
      under.needsSeveralConnections(context);
      const endpoint = await queue.endpoint();
      await queue.enqueue(endpoint, 1);
      await database.db.transaction(async (tx) => {
        // It is due, so this wakes nobody; and the claim cannot see it yet.
        await enqueue(tx, "event", [newMessage(2)], [{ message: 0, endpoint, key: null }]);
        await queue.answer(await queue.claim());
      });
      await eventually("the second is claimed without a wake-up", async () => {
        return (await queue.claim()).deliveries.length === 1;
      });
    });

    test("is woken by the next message when it was given up", async () => {
      const endpoint = await queue.endpoint();
      for (let turn = 0; turn < 5; turn++) {
        await queue.rows("update tidings.endpoint_runs set next_at = clock_timestamp()");
        await queue.claim();
      }
      expect((await queue.claim()).waitMs).toBeNull();
      await queue.enqueue(endpoint, 1);
      expect((await queue.claim()).deliveries).toHaveLength(1);
    });

    test("is woken by the sweep when its wake-up was lost", async () => {
      const endpoint = await queue.endpoint();
      await queue.enqueue(endpoint, 1);
      await queue.rows("update tidings.endpoint_runs set next_at = 'infinity'");
      expect((await queue.claim()).deliveries).toHaveLength(0);
      expect(await queue.sweep()).toMatchObject({ woken: 1 });
      expect((await queue.claim()).deliveries).toHaveLength(1);
      expect(await queue.sweep()).toMatchObject({ woken: 0, lost: 0 });
    });
  });
});
