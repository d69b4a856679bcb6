import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { eventually } from "../../test/log/support/eventually.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import {
  OK,
  policy,
  queueOn,
  sealing,
  type QueueUnderTest,
} from "../../test/webhooks/support/queueUnderTest.ts";
import type { Database } from "../db/database.ts";
import type { Notice } from "./complete.ts";
import { createDeliver } from "./deliver.ts";
import { LONG_MS } from "./requestSlots.ts";
import type { OutgoingRequest, RequestResult } from "./sendRequest.ts";
import { createWorker, type Worker } from "./worker.ts";

describeOnDatabases("the worker", (open, under) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  let running: Worker[] = [];
  let sent: OutgoingRequest[] = [];
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  beforeEach(async () => {
    await queue.empty();
    sent = [];
  });
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(running.map((worker) => worker.stop()));
    running = [];
  });
  afterAll(() => database.drop());

  /** A worker whose requests are answered by `answer`. It hears no notification. */
  function start(
    answer: (request: OutgoingRequest) => RequestResult | Promise<RequestResult> = () => OK,
    {
      db = queue.db,
      slots = 8,
      recordNotices = async () => undefined as void,
    }: Partial<Parameters<typeof createWorker>[0]> = {},
  ): Worker {
    const sender = {
      send: async (request: OutgoingRequest) => {
        sent.push(request);
        return answer(request);
      },
    };
    const deliver = createDeliver({
      sender,
      sealing,
      signals: queue.signals,
      retry: { jitter: 0, maxRetryAfterMs: 86_400_000 },
    });
    const worker = createWorker({
      db,
      signals: queue.signals,
      deliver,
      slots,
      pollMs: 20,
      policy,
      recordNotices,
    });
    running.push(worker);
    worker.start();
    return worker;
  }

  const states = async () =>
    (
      await queue.rows<{ state: string; n: number }>(
        "select state, count(*)::int as n from tidings.deliveries group by 1 order by 1",
      )
    ).map(({ state, n }) => `${n} ${state}`);
  const settled = (expected: string) =>
    eventually(expected, async () => (await states()).join(", ") === expected);
  const failures = () => {
    const errors: unknown[] = [];
    const stop = queue.signals.on("loop.failed", ({ error }) => errors.push(error));
    return { errors, stop };
  };

  test("delivers what is due, more than it has slots, and then is idle", async () => {
    const endpoints = [await queue.endpoint(), await queue.endpoint({ account: "b" })];
    await queue.enqueue(endpoints[0]!, 30);
    await queue.enqueue(endpoints[1]!, 30, { account: "b" });
    const worker = start();
    expect(await worker.idle()).toBe(false);
    await settled("60 delivered");
    await eventually("it is idle", () => worker.idle());
    expect(sent).toHaveLength(60);
  });

  test("case 33: finds by itself what it was not told of, however the notification was lost", async () => {
    const endpoint = await queue.endpoint();
    const worker = start();
    await eventually("it found nothing", () => worker.idle());
    await queue.enqueue(endpoint, 1);
    await settled("1 delivered");
  });

  test("signs each request, and shows nothing in the log that could be used", async () => {
    await queue.enqueue(await queue.endpoint());
    start();
    await settled("1 delivered");
    const { headers } = sent[0]!;
    expect(headers["webhook-signature"]).toMatch(/^v1,/);
    expect(headers["webhook-attempt"]).toBe("1");
    const [attempt] = await queue.rows<{ shown: string }>(
      "select request_headers::text as shown from tidings.attempts",
    );
    const shown = JSON.parse(attempt!.shown) as Record<string, string>;
    expect(shown).toEqual({ ...headers, "webhook-signature": "[redacted]" });
  });

  test.for([-10, 10])("a clock that is %i minutes off changes nothing", async (minutes, context) => {
    if (under.name === "pglite") context.skip("PGlite has no clock but that of this process");
    const endpoint = await queue.endpoint({ schedule: [0, 60] });
    const [made] = await queue.enqueue(endpoint);
    const [clock] = await queue.rows<{ ms: number }>(
      "select extract(epoch from clock_timestamp())::float8 * 1000 as ms",
    );
    vi.useFakeTimers({ toFake: ["Date"], now: clock!.ms + minutes * 60_000 });
    start(() => ({ ...OK, status: 500, failure: "status" }));
    await settled("1 retrying");
    const [after] = await queue.rows<{ ms: number }>(
      "select extract(epoch from clock_timestamp())::float8 * 1000 as ms",
    );
    const timestamp = Number(sent[0]!.headers["webhook-timestamp"]);
    expect(timestamp).toBeGreaterThanOrEqual(Math.floor(clock!.ms / 1_000));
    expect(timestamp).toBeLessThanOrEqual(after!.ms / 1_000);
    const { due_in_ms } = await queue.delivery(made!.delivery);
    expect(due_in_ms).toBeLessThanOrEqual(60_000);
    expect(due_in_ms).toBeGreaterThan(60_000 - (after!.ms - clock!.ms) - 5_000);
    expect(sent).toHaveLength(1);
  });

  test("case 4: each try has a timestamp of its own and the id of the message", async () => {
    await queue.enqueue(await queue.endpoint({ schedule: [0, 0] }));
    let answers = 0;
    start(() => (++answers === 1 ? { ...OK, status: 500, failure: "status" } : OK));
    await settled("1 delivered");
    expect(sent).toHaveLength(2);
    expect(sent[1]!.headers["webhook-id"]).toBe(sent[0]!.headers["webhook-id"]);
    expect(sent[1]!.headers["webhook-attempt"]).toBe("2");
    expect(sent[1]!.body).toEqual(sent[0]!.body);
  });

  test("case 29: a message that was dropped under its retry lets the delivery expire, without a request", async () => {
    await queue.enqueue(await queue.endpoint());
    await queue.rows("delete from tidings.messages");
    start();
    await settled("1 expired");
    expect(sent).toEqual([]);
    expect(await queue.rows("select 1 as row from tidings.delivery_queue")).toEqual([]);
    expect(await queue.rows("select 1 as row from tidings.attempts")).toEqual([]);
  });

  test("slots that come free are filled when a quarter is, although half of them never are", async () => {
    for (const account of ["a", "b"]) await queue.enqueue(await queue.endpoint({ account }), 10, { account });
    const pending: (() => void)[] = [];
    const worker = start(() => new Promise((resolve) => pending.push(() => resolve(OK))));
    await eventually("all slots are taken", () => pending.length === 8);
    for (const answer of pending.splice(0, 2)) answer();
    await eventually("two more requests are made", () => sent.length === 10);
    const stopped = worker.stop();
    pending.forEach((answer) => answer());
    await stopped;
  });

  test("results that come together are written together, and the last one waits for no other", async () => {
    await queue.enqueue(await queue.endpoint({ inFlight: 4 }), 4);
    let statements = 0;
    const db: Database = {
      ...queue.db,
      query: (sql, parameters, options) => {
        if (sql.includes("complete_deliveries")) statements++;
        return queue.db.query(sql, parameters, options);
      },
    };
    const pending: (() => void)[] = [];
    start(() => new Promise((resolve) => pending.push(() => resolve(OK))), { db });
    await eventually("requests are under way", () => pending.length === 4);
    pending.forEach((answer) => answer());
    await settled("4 delivered");
    expect(statements).toBe(1);
  });

  test("stop lets requests under way end, writes their results and claims nothing more", async () => {
    await queue.enqueue(await queue.endpoint({ inFlight: 4 }), 10);
    const pending: (() => void)[] = [];
    const worker = start(() => new Promise((resolve) => pending.push(() => resolve(OK))));
    await eventually("requests are under way", () => pending.length === 4);
    const stopped = worker.stop();
    pending.forEach((answer) => answer());
    await stopped;
    expect(await states()).toEqual(["4 delivered", "6 pending"]);
    expect(await queue.rows("select sum(inflight)::int as held from tidings.endpoint_runs")).toEqual([
      { held: 0 },
    ]);
    expect(sent).toHaveLength(4);
  });

  test("results wait for a database that is away, and are written once", async () => {
    await queue.enqueue(await queue.endpoint(), 3);
    let away = 2;
    const db: Database = {
      ...queue.db,
      query: async (sql, parameters) => {
        if (sql.includes("complete_deliveries") && away-- > 0)
          throw new Error("Connection terminated unexpectedly");
        return queue.db.query(sql, parameters);
      },
    };
    const { errors, stop } = failures();
    start(() => OK, { db });
    await settled("3 delivered");
    stop();
    expect(errors).toHaveLength(2);
    expect(sent).toHaveLength(3);
  });

  test("a result that the database refuses does not keep others from being written", async () => {
    const [good, bad] = [await queue.endpoint(), await queue.endpoint({ url: "http://receiver.test/bad" })];
    await queue.enqueue(good, 5);
    await queue.enqueue(bad, 1);
    const { errors, stop } = failures();
    start(({ url }) => (url.endsWith("bad") ? { ...OK, detail: "\0" } : OK));
    await settled("5 delivered, 1 pending");
    await eventually("it is told", () => errors.length > 0);
    stop();
  });

  test("a result that the database refuses does not keep others from being written at a stop", async () => {
    const [good, bad] = [await queue.endpoint(), await queue.endpoint({ url: "http://receiver.test/bad" })];
    await queue.enqueue(good, 3);
    await queue.enqueue(bad, 1);
    const pending: (() => void)[] = [];
    const worker = start(({ url }) => {
      const isBad = url.endsWith("bad");
      return new Promise((resolve) => {
        pending[isBad ? "unshift" : "push"](() => resolve(isBad ? { ...OK, detail: "\0" } : OK));
      });
    });
    await eventually("requests are under way", () => pending.length === 4);
    const stopped = worker.stop();
    pending.forEach((answer) => answer());
    await stopped;
    expect(await states()).toEqual(["3 delivered", "1 pending"]);
  });

  test("a secret that does not open is told, tried again by the schedule, and charged to nobody", async () => {
    const endpoint = await queue.endpoint();
    await queue.enqueue(endpoint);
    await queue.rows(
      "update tidings.endpoints set secrets = jsonb_set(secrets, '{0,sealed}', '\"1.other.AAAA\"')",
    );
    const { errors, stop } = failures();
    start();
    await settled("1 retrying");
    stop();
    expect(errors).toHaveLength(1);
    expect(sent).toEqual([]);
    expect(await queue.run(endpoint)).toMatchObject({ failed_in_row: 0, failing: false });
  });

  test("that an endpoint was disabled is recorded in the transaction that did it, or neither is", async () => {
    const endpoint = await queue.endpoint();
    await queue.enqueue(endpoint);
    const recorded: Notice[] = [];
    let refusals = 1;
    const recordNotices = async (_tx: unknown, notices: readonly Notice[]) => {
      if (refusals-- > 0) throw new Error("cannot record");
      recorded.push(...notices);
    };
    const { errors, stop } = failures();
    const told: string[] = [];
    const stopTold = queue.signals.on("webhook.disabled", ({ reason }) => told.push(reason));
    start(() => ({ ...OK, status: 410, failure: "status" }), { recordNotices });
    await eventually("it is disabled", async () => !(await queue.run(endpoint)).active);
    await eventually("it is told", () => told.length > 0);
    stop();
    stopTold();
    expect(errors).toMatchObject([{ message: "cannot record" }]);
    expect(recorded).toMatchObject([{ notice: "disabled", reason: "gone", endpoint }]);
    expect(told).toEqual(["gone"]);
    expect(sent).toHaveLength(1);
  });

  test("an endpoint that hangs leaves slots to the others", async () => {
    const hanging = await queue.endpoint({
      account: "hanging",
      url: "http://receiver.test/hang",
      inFlight: 32,
    });
    await queue.enqueue(hanging, 100, { account: "hanging" });
    const healthy = await queue.endpoint();
    await queue.enqueue(healthy, 20);
    const release: (() => void)[] = [];
    const begun: number[] = [];
    const hang = (): Promise<RequestResult> => {
      begun.push(performance.now());
      return new Promise((resolve) => release.push(() => resolve(OK)));
    };
    start(({ url }) => (url.endsWith("hang") ? hang() : OK));
    await settled("20 delivered, 100 pending");
    // Half of its slots. A request that goes on for long lets go of its own: those are left out.
    const heldAt = (moment: number) => begun.filter((at) => at <= moment && at > moment - LONG_MS / 2).length;
    expect(Math.max(...begun.map(heldAt))).toBeLessThanOrEqual(4);
    await Promise.all([running.pop()!.stop(), ...release.map(async (end) => end())]);
  });
});
