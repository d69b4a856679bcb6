import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import {
  policy,
  queueOn,
  resultsOf,
  type QueueUnderTest,
} from "../../test/webhooks/support/queueUnderTest.ts";
import type { ClaimedDelivery } from "./claim.ts";
import { complete } from "./complete.ts";

describeOnDatabases("writing results", (open, under) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  let endpoint: string;
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  beforeEach(async () => {
    await queue.empty();
    endpoint = await queue.endpoint();
  });
  afterAll(() => database.drop());

  const leasesEnd = () =>
    queue.rows(
      "update tidings.delivery_queue set leased_until = clock_timestamp() - interval '1 s' where state = 1",
    );

  test("each request is one attempt, with its number, and the delivery shows the last", async () => {
    const [made] = await queue.enqueue(endpoint);
    await queue.answer(await queue.claim(), {
      status: 503,
      detail: "answered 503",
      responseBody: Buffer.from([0, 255]),
    });
    await queue.timePasses();
    await queue.answer(await queue.claim(), { status: 204 });
    expect(await queue.delivery(made!.delivery)).toMatchObject({
      state: "delivered",
      attempts: 2,
      status: 204,
      failure: null,
    });
    expect(
      await queue.rows(
        "select number, status, failure, detail, response_body::text as body from tidings.attempts order by number",
      ),
    ).toEqual([
      { number: 1, status: 503, failure: "status", detail: "answered 503", body: "\\x00ff" },
      { number: 2, status: 204, failure: null, detail: null, body: null },
    ]);
  });

  test("counts for graphs by five minutes", async () => {
    await queue.enqueue(endpoint, 3);
    const claimed = await queue.claim();
    const [first, ...others] = claimed.deliveries;
    await queue.answer({ ...claimed, deliveries: [first!] }, { status: 500, durationMs: 700 });
    await queue.answer({ ...claimed, deliveries: others }, { durationMs: 40 });
    expect(
      await queue.rows(
        "select delivered, failed, total_ms, max_ms, up_to_50, up_to_1000 from tidings.endpoint_stats",
      ),
    ).toEqual([{ delivered: 2, failed: 1, total_ms: 780, max_ms: 700, up_to_50: 2, up_to_1000: 1 }]);
  });

  test("successes wait for no disk; failures do, because of what follows from them", async () => {
    await queue.enqueue(endpoint, 2);
    const { endpoints, deliveries } = await queue.claim();
    const commits = (delivery: ClaimedDelivery, status: number) =>
      queue.db.transaction(async (tx) => {
        await tx.execute("set local synchronous_commit = on");
        await complete(tx, resultsOf({ endpoints, deliveries: [delivery], waitMs: 0 }, { status }), policy);
        const [row] = await tx.query<{ how: string }>("select current_setting('synchronous_commit') as how");
        return row!.how;
      });
    expect(await commits(deliveries[0]!, 200)).toBe("off");
    expect(await commits(deliveries[1]!, 500)).toBe("on");
  });

  test("never waits for an endpoint that somebody holds: its results come back, the others are written", async (context) => {
    under.needsSeveralConnections(context);
    const held = await queue.endpoint();
    const [there] = await queue.enqueue(endpoint);
    const [later] = await queue.enqueue(held);
    const claimed = await queue.claim();
    await database.db.transaction(async (tx) => {
      await tx.query("select from tidings.endpoint_runs where endpoint_id = $1::uuid for update", [held]);
      const { accepted, busy } = await queue.answer(claimed);
      expect([accepted, busy]).toEqual([[there!.delivery], [later!.delivery]]);
      expect(await queue.sweep()).toMatchObject({ lost: 0 });
    });
    const { accepted, busy } = await queue.answer(claimed);
    expect([accepted, busy]).toEqual([[later!.delivery], []]);
  });

  describe("case 23: after a crash", () => {
    test("a delivery whose worker died is sent again under the same id, and the lost try is in the log", async () => {
      const [made] = await queue.enqueue(endpoint);
      const first = await queue.claim();
      expect(await queue.sweep()).toMatchObject({ lost: 0 }); // its lease has not ended
      await leasesEnd();
      expect(await queue.sweep()).toMatchObject({ lost: 1, woken: 1 });
      expect(await queue.run(endpoint)).toMatchObject({ inflight: 0 });
      const second = await queue.claim();
      expect(second.deliveries).toMatchObject([
        { id: made!.delivery, message: made!.message, step: 0, attempts: 1 },
      ]);
      expect(second.deliveries[0]!.claim).not.toBe(first.deliveries[0]!.claim);
      await queue.answer(second);
      expect(await queue.rows("select number, failure from tidings.attempts order by number")).toEqual([
        { number: 1, failure: "worker_lost" },
        { number: 2, failure: null },
      ]);
    });

    test("a stale worker cannot complete what another one holds", async () => {
      const [made] = await queue.enqueue(endpoint);
      const stale = await queue.claim();
      await leasesEnd();
      await queue.sweep();
      const present = await queue.claim();
      expect((await queue.answer(stale)).accepted).toEqual([]);
      expect(await queue.delivery(made!.delivery)).toMatchObject({ state: "pending", queued: 1 });
      expect(await queue.run(endpoint)).toMatchObject({ inflight: 1 });
      expect((await queue.answer(present, { status: 500 })).accepted).toEqual([made!.delivery]);
      expect((await queue.answer(present)).accepted).toEqual([]); // nor can it itself do it twice
      expect(await queue.delivery(made!.delivery)).toMatchObject({ state: "retrying", attempts: 2 });
    });
  });

  describe("case 30: the breaker", () => {
    const fail = async (times: number, status = 400) => {
      for (let n = 0; n < times; n++) {
        await queue.timePasses();
        const claimed = await queue.claim({ want: 1 });
        expect(claimed.deliveries).toHaveLength(1);
        await queue.answer(claimed, { status });
      }
    };

    test("opens after ten failures in a row, lets one probe through, and closes with its success", async () => {
      await queue.enqueue(endpoint, 20);
      await fail(9);
      expect(await queue.run(endpoint)).toMatchObject({ breaker: "closed", failed_in_row: 9 });
      await queue.timePasses();
      const claimed = await queue.claim({ want: 1 });
      const passed = stopwatch();
      expect((await queue.answer(claimed, { status: 400 })).notices).toMatchObject([
        { notice: "breaker_open", endpoint },
      ]);
      expect((await queue.claim()).deliveries).toHaveLength(0);
      expect(((await queue.claim()).waitMs ?? 0) + passed()).toBeGreaterThan(29_000);
      // What waits meanwhile is charged nothing.
      expect(await queue.rows("select sum(attempts)::int as tries from tidings.delivery_queue")).toEqual([
        { tries: 10 },
      ]);

      await queue.timePasses();
      const probe = await queue.claim();
      expect(probe.deliveries).toHaveLength(1);
      expect(probe.endpoints[0]!.slow).toBe(true);
      expect((await queue.claim()).deliveries).toHaveLength(0);
      const { notices, due } = await queue.answer(probe);
      expect(notices).toMatchObject([{ notice: "breaker_closed" }]);
      expect(due).toBe(true);
      expect((await queue.claim()).deliveries.length).toBeGreaterThan(1);
    });

    test("waits twice as long after each failed probe, up to the last", async () => {
      await queue.enqueue(endpoint, 20);
      await fail(10);
      const waits: number[] = [];
      for (let probe = 0; probe < 6; probe++) {
        await fail(1);
        const [row] = await queue.rows<{ s: number }>(
          "select extract(epoch from breaker_wait)::float8 as s from tidings.endpoint_runs",
        );
        waits.push(row!.s);
      }
      expect(waits).toEqual([60, 120, 240, 480, 900, 900]);
    });

    test("opens when most of many fail, though not in a row", async () => {
      await queue.enqueue(endpoint, 30);
      for (const status of [200, 400, 400, 400, 200, 400, 400, 400, 200]) await fail(1, status);
      expect(await queue.run(endpoint)).toMatchObject({ breaker: "closed" });
      await fail(1); // seven of ten
      expect(await queue.run(endpoint)).toMatchObject({ breaker: "open" });
    });

    test("that is open is looked at when its time has come, also for what came later", async () => {
      await queue.enqueue(endpoint, 10);
      const passed = stopwatch();
      await fail(10);
      await queue.rows("delete from tidings.delivery_queue");
      await queue.rows("update tidings.endpoint_runs set next_at = 'infinity'");
      await queue.enqueue(endpoint, 1);
      const { deliveries, waitMs } = await queue.claim();
      expect(deliveries).toHaveLength(0);
      expect((waitMs ?? 0) + passed()).toBeGreaterThan(29_000);
      expect(waitMs).toBeLessThanOrEqual(30_000);
    });
  });

  test("an endpoint that has too much to do gets half as many at once; 20 successes raise that by one", async () => {
    await queue.enqueue(endpoint, 60);
    await queue.answer(await queue.claim(), { status: 429 }, { breakerFailures: 100, breakerLeast: 100 });
    expect(await queue.run(endpoint)).toMatchObject({ inflight_limit: 4 });
    for (let n = 0; n < 5; n++) await queue.answer(await queue.claim());
    expect(await queue.run(endpoint)).toMatchObject({ inflight_limit: 5 });
  });

  test("a new endpoint gets two at once until its first success, and then four times as many", async () => {
    const fresh = await queue.endpoint({ inFlight: 2, answered: false });
    await queue.enqueue(fresh, 30);
    const first = await queue.claim();
    expect(first.deliveries).toHaveLength(2);
    await queue.answer(first, { status: 404 });
    expect(await queue.run(fresh)).toMatchObject({ inflight_limit: 2 });
    const second = await queue.claim();
    expect(second.deliveries).toHaveLength(2);
    await queue.answer(second);
    expect(await queue.run(fresh)).toMatchObject({ inflight_limit: 8 });
    const third = await queue.claim();
    expect(third.deliveries).toHaveLength(8);
    await queue.answer(third); // not again
    expect(await queue.run(fresh)).toMatchObject({ inflight_limit: 8 });
  });

  test("a first success does not lift an endpoint above its own limit", async () => {
    const fresh = await queue.endpoint({ inFlight: 2, answered: false });
    await queue.rows("update tidings.endpoint_runs set inflight_max = 3");
    await queue.enqueue(fresh, 1);
    await queue.answer(await queue.claim());
    expect(await queue.run(fresh)).toMatchObject({ inflight_limit: 3 });
  });

  describe("case 20: disabling", () => {
    // Retries are far away: what a test enqueues is what it claims.
    beforeEach(async () => {
      await queue.rows(
        "update tidings.endpoints set schedule = '{0,90000,90000,90000,90000,90000,90000,90000,90000,90000}'",
      );
    });
    const days = (n: number) =>
      queue.rows(`update tidings.endpoint_runs set failing_since = failing_since - interval '${n} days'`);
    /** So many different messages fail once each. */
    const fail = async (messages: number) => {
      const notices = [];
      for (let n = 0; n < messages; n++) {
        await queue.enqueue(endpoint);
        await queue.rows(
          "update tidings.endpoint_runs set next_at = '-infinity', breaker = 'closed' where active",
        );
        notices.push(...(await queue.answer(await queue.claim(), { status: 400 })).notices);
      }
      return notices.filter(({ notice }) => !notice.startsWith("breaker"));
    };

    test("after five days without a success and ten messages that failed, with warnings on the way", async () => {
      expect(await fail(9)).toEqual([]);
      await days(2);
      expect(await fail(1)).toEqual([]);
      await days(1);
      expect(await fail(1)).toMatchObject([{ notice: "warned_50", failedMessages: 11 }]);
      expect(await fail(1)).toEqual([]); // told once
      await days(1.6);
      expect(await fail(1)).toMatchObject([{ notice: "warned_90" }]);
      await days(0.5);
      expect(await fail(1)).toMatchObject([{ notice: "disabled", reason: "failing", failedMessages: 14 }]);
      expect(await queue.run(endpoint)).toMatchObject({
        active: false,
        status: "disabled",
        reason: "failing",
      });
      const { held } = await queue.sweep();
      expect(held).toBe(14);
      expect(await queue.rows("select distinct state, failure from tidings.deliveries")).toEqual([
        { state: "held", failure: "status" },
      ]);
    });

    test("not because of one bad message, however often it is tried", async () => {
      await queue.enqueue(endpoint);
      for (let n = 0; n < 9; n++) {
        await queue.timePasses();
        await queue.answer(await queue.claim(), { status: 500 });
        await days(1);
      }
      expect(await queue.run(endpoint)).toMatchObject({ active: true, failed_messages: 1 });
    });

    test("not when something was delivered in between", async () => {
      await fail(12);
      await days(6);
      await queue.timePasses();
      await queue.answer(await queue.claim({ want: 1 }));
      expect(await queue.run(endpoint)).toMatchObject({ failing: false, failed_messages: 0 });
      expect(await fail(1)).toEqual([]);
      expect(await queue.run(endpoint)).toMatchObject({ active: true });
    });

    test("not when it failed long ago and had nothing to do since", async () => {
      await fail(9);
      await days(20);
      await queue.rows(
        "update tidings.endpoint_runs set last_failure_at = last_failure_at - interval '20 days'",
      );
      expect(await fail(1)).toEqual([]);
      expect(await queue.run(endpoint)).toMatchObject({ active: true, failed_messages: 1 });
    });

    test("case 19: at once by 410, and what it had waits to be recovered", async () => {
      const made = await queue.enqueue(endpoint, 3);
      const { notices } = await queue.answer(await queue.claim({ want: 1 }), { status: 410 });
      expect(notices).toMatchObject([{ notice: "disabled", reason: "gone", endpoint }]);
      expect(await queue.run(endpoint)).toMatchObject({ active: false, status: "disabled", reason: "gone" });
      expect((await queue.claim()).deliveries).toHaveLength(0);
      expect(await queue.sweep()).toMatchObject({ held: 3 });
      for (const { delivery } of made)
        expect(await queue.delivery(delivery)).toMatchObject({ state: "held", queued: null });
    });

    test("in chunks where much waits, and an endpoint that was enabled meanwhile keeps what it has", async () => {
      await queue.enqueue(endpoint, 1_000);
      await queue.enqueue(endpoint, 1_000);
      await queue.rows("update tidings.endpoint_runs set active = false");
      expect(await queue.sweep()).toMatchObject({ held: 1_000 });
      await queue.rows("update tidings.endpoint_runs set active = true");
      expect(await queue.sweep()).toMatchObject({ held: 0 });
    });
  });
});

/** The milliseconds since it was called: a wait is shorter by what a busy machine has taken meanwhile. */
function stopwatch(): () => number {
  const started = performance.now();
  return () => performance.now() - started;
}
