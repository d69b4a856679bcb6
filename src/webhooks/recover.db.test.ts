import { afterAll, beforeAll, expect, test } from "vitest";
import { events } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { finishJob, passTime, stepJob } from "../../test/support/webhookJobs.ts";
import {
  endpointId,
  insertAttempt,
  insertDelivery,
  insertEndpoint,
  insertMessage,
  queueRows,
  stateOf,
} from "../../test/support/webhookRows.ts";
import type { Database } from "../db/database.ts";
import { createRegistry } from "../events/registry.ts";
import { createSignals } from "../signals.ts";
import { createJobLoop } from "./jobLoop.ts";
import { createJobs } from "./jobs.ts";
import { createRecover } from "./recover.ts";
import { createMessageWriter } from "./writeMessage.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const registry = createRegistry(events);

// Case 22.
describeOnDatabases("case 22: recovering", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  let now: number;
  beforeAll(async () => {
    database = await open();
    now = Date.now();
  });
  afterAll(() => database.drop());

  const inAccount = (account: string) => {
    const dependencies = { db: database.db, accountOf: (given: string | undefined) => given ?? account };
    return { ...createRecover(dependencies), jobs: createJobs(dependencies) };
  };
  const since = (hoursAgo: number) => new Date(now - hoursAgo * HOUR_MS);

  test("sends again what failed or was held in the time, and was never delivered; the preview counts just that", async () => {
    const { db } = database;
    const account = "which";
    const { recover, recoverable, jobs } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    const other = await insertEndpoint(db, { account });
    const make = (fields: Omit<Parameters<typeof insertDelivery>[1], "endpoint">, hoursAgo: number) =>
      insertDelivery(db, { account, endpoint, at: now - hoursAgo * HOUR_MS, ...fields });
    const failed = await make({ state: "failed" }, 9);
    const held = await make({ state: "held" }, 8);
    await make({ state: "failed" }, 20); // before
    await make({ state: "failed" }, 0.5); // after
    await make({ state: "delivered" }, 7);
    await make({ state: "expired" }, 7);
    await make({ state: "retrying", runAt: since(-1) }, 7);
    await make({ state: "failed", failure: "aborted" }, 7);
    await make({ state: "failed", origin: "test" }, 7);
    await insertDelivery(db, { account, endpoint: other, state: "failed", at: now - 7 * HOUR_MS });
    const arrivedOnce = await make({ state: "failed" }, 7);
    await insertAttempt(db, { account, delivery: arrivedOnce, endpoint, status: 200 });
    await insertAttempt(db, {
      account,
      delivery: arrivedOnce,
      endpoint,
      number: 2,
      status: 500,
      failure: "status",
    });
    const arrivedElsewise = await insertMessage(db, { account });
    await make({ state: "failed", message: arrivedElsewise }, 7);
    await make({ state: "delivered", message: arrivedElsewise, origin: "send" }, 6);
    const failedTwice = await insertMessage(db, { account });
    await make({ state: "failed", message: failedTwice }, 7);
    const newer = await make({ state: "failed", message: failedTwice, origin: "send" }, 6);

    const range = { since: since(10), until: since(1) };
    expect(await recoverable(endpointId(endpoint), range)).toEqual({ deliveries: 3, more: false });
    await db.query("delete from tidings.delivery_queue where account_id = $1", [account]);
    const job = await recover(endpointId(endpoint), range);
    expect(job).toMatchObject({
      kind: "recover",
      state: "running",
      done: 0,
      progress: 0,
      since: range.since,
    });
    expect(await finishJob(db, registry, account)).toEqual([failed, held, newer]);
    const finished = await jobs.get(job.id);
    expect(finished).toMatchObject({ state: "done", done: 3, progress: 1, finishedAt: expect.any(Date) });
    expect(await jobs.list(endpointId(endpoint))).toEqual([finished]);
    expect(await recoverable(endpointId(endpoint), range)).toEqual({ deliveries: 0, more: false });
  });

  test("goes through any number in pages, feeding at most 100 that wait, without a gap or a repeat", async () => {
    const { db } = database;
    const account = "pages";
    const { recover, jobs } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    const all: string[] = [];
    for (let n = 0; n < 230; n++)
      all.push(
        await insertDelivery(db, {
          account,
          endpoint,
          state: n % 3 === 0 ? "held" : "failed",
          at: now - 9 * HOUR_MS + n,
        }),
      );
    const job = await recover(endpointId(endpoint), { since: since(10), until: since(1) });
    for (let step = 0; step < 5; step++) {
      await passTime(db);
      await stepJob(db, registry);
    }
    // Nobody sends: the job waits, so that what comes live stands behind 100 at most.
    expect(await queueRows(db, account)).toHaveLength(100);
    expect(await jobs.get(job.id)).toMatchObject({ state: "running", done: 100 });
    // What was put there by the first steps is sent and looked at together with the rest.
    expect(await finishJob(db, registry, account)).toEqual(all);
    expect(await jobs.get(job.id)).toMatchObject({ state: "done", done: 230 });
  });

  test("a job without room waits until its endpoint is looked at again, and does not pass for work to be done now", async () => {
    const { db } = database;
    const account = "no room";
    const { recover } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    for (let n = 0; n < 100; n++) await insertDelivery(db, { account, endpoint, state: "retrying", at: now });
    await insertDelivery(db, { account, endpoint, at: now - 9 * HOUR_MS });
    await recover(endpointId(endpoint), { since: since(10), until: since(1) });
    const signals = createSignals();
    const writer = createMessageWriter({ registry, source: "https://app.example.com" });
    const loop = createJobLoop({ db, registry, signals, writer });
    expect(await loop.idle(), "before its first step").toBe(false);
    for (const [lookedAt, idle] of [
      ["now() + interval '10 s'", true],
      ["now() + interval '1 day'", true],
      ["now()", false],
      ["'infinity'", false],
    ] as const) {
      await db.query(`update tidings.endpoint_runs set next_at = ${lookedAt} where account_id = $1`, [
        account,
      ]);
      await passTime(db);
      await stepJob(db, registry);
      expect(await loop.idle(), lookedAt).toBe(idle);
    }
    const [job] = await db.query(
      "select next_at <= now() + interval '30 s' as soon from tidings.endpoint_jobs where account_id = $1",
      [account],
    );
    expect(job).toEqual({ soon: true });
    await db.query("update tidings.endpoint_jobs set state = 'cancelled' where account_id = $1", [account]);
  });

  test("a step that dies before its commit leaves nothing behind; the next one goes on from where the cursor stands", async () => {
    const { db } = database;
    const account = "dies";
    const { recover, jobs } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    const all: string[] = [];
    for (let n = 0; n < 120; n++)
      all.push(await insertDelivery(db, { account, endpoint, at: now - 9 * HOUR_MS + n }));
    const job = await recover(endpointId(endpoint), { since: since(10), until: since(1) });
    await passTime(db);
    await stepJob(db, registry);
    await passTime(db);
    const dying: Database = {
      ...db,
      query: db.query.bind(db),
      transaction: (work) =>
        db.transaction(async (tx) => {
          await work(tx);
          throw new Error("connection lost");
        }),
    };
    await expect(stepJob(dying, registry)).rejects.toThrow("connection lost");
    expect(await queueRows(db, account)).toHaveLength(50);
    expect(await jobs.get(job.id)).toMatchObject({ state: "running", done: 50 });
    expect(await finishJob(db, registry, account)).toEqual(all);
  });

  test("two processes that step at once send nothing twice", async (context) => {
    needsSeveralConnections(context);
    const { db } = database;
    const account = "two";
    const { recover, jobs } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    for (let n = 0; n < 60; n++) await insertDelivery(db, { account, endpoint, at: now - 9 * HOUR_MS + n });
    const job = await recover(endpointId(endpoint), { since: since(10), until: since(1) });
    await Promise.all([stepJob(db, registry), stepJob(db, registry), stepJob(db, registry)]);
    expect(await jobs.get(job.id)).toMatchObject({ done: 50 });
    expect(await finishJob(db, registry, account)).toHaveLength(60);
  });

  test("of a delivery whose message retention dropped it makes an expired one", async () => {
    const { db } = database;
    const account = "gone";
    const endpoint = await insertEndpoint(db, { account });
    const id = await insertDelivery(db, { account, endpoint, at: now - 9 * HOUR_MS });
    await db.query("delete from tidings.messages where account_id = $1", [account]);
    await inAccount(account).recover(endpointId(endpoint), { since: since(10), until: since(1) });
    expect(await finishJob(db, registry, account)).toEqual([]);
    expect(await stateOf(db, id, account)).toBe("expired");
  });

  test("does not pass over deliveries that a fan-out under way will commit with earlier ids", async () => {
    const { db } = database;
    const account = "late";
    const { recover, jobs } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    const job = await recover(endpointId(endpoint), { since: since(10), until: since(-24) });
    expect(job.until.getTime(), "not beyond now, by the database's clock").toBeLessThan(now + HOUR_MS);
    await passTime(db);
    await stepJob(db, registry);
    expect(await jobs.get(job.id)).toMatchObject({ state: "running" });
    // Twenty seconds later: it is there now, with an id from before the end.
    const late = await insertDelivery(db, { account, endpoint, state: "held", at: now - 25_000 });
    await db.query("update tidings.endpoint_jobs set until = until - interval '20 s' where account_id = $1", [
      account,
    ]);
    expect(await finishJob(db, registry, account)).toEqual([late]);
  });

  test("waits while the endpoint is disabled, and ends when it is deleted", async () => {
    const { db } = database;
    const account = "disabled";
    const { recover, jobs } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    await insertDelivery(db, { account, endpoint, at: now - 9 * HOUR_MS });
    const job = await recover(endpointId(endpoint), { since: since(10), until: since(1) });
    const become = (status: string) =>
      db.query("update tidings.endpoints set status = $2 where account_id = $1", [account, status]);
    await become("disabled");
    await stepJob(db, registry);
    expect(await queueRows(db, account)).toEqual([]);
    expect(await jobs.get(job.id)).toMatchObject({ state: "running", done: 0 });
    await become("deleted");
    await passTime(db);
    await stepJob(db, registry);
    expect(await jobs.get(job.id)).toMatchObject({ state: "cancelled", done: 0 });
  });

  test("one job of a kind runs at a time; cancelled, it sends nothing more", async () => {
    const { db } = database;
    const account = "cancelled";
    const { recover, jobs } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    await insertDelivery(db, { account, endpoint, at: now - 9 * HOUR_MS });
    const range = { since: since(10), until: since(1) };
    const job = await recover(endpointId(endpoint), range);
    await expect(recover(endpointId(endpoint), range)).rejects.toMatchObject({ code: "JOB_RUNNING" });
    expect(await jobs.cancel(job.id)).toMatchObject({ state: "cancelled" });
    await passTime(db);
    await stepJob(db, registry);
    expect(await queueRows(db, account)).toEqual([]);
    const again = await recover(endpointId(endpoint), range);
    expect(await finishJob(db, registry, account)).toHaveLength(1);
    expect(await jobs.cancel(again.id)).toMatchObject({ state: "done" });
  });

  test("refuses more than 14 days, a time the wrong way round, and endpoints that cannot be sent to", async () => {
    const account = "refused";
    const { recover, recoverable, jobs } = inAccount(account);
    const endpoint = endpointId(await insertEndpoint(database.db, { account }));
    const disabled = endpointId(await insertEndpoint(database.db, { account, status: "disabled" }));
    const pulls = endpointId(await insertEndpoint(database.db, { account, delivery: "pull" }));
    const until = since(1);
    const invalid = { code: "INVALID_FILTER", path: ["since"] };
    const tooLong = { since: new Date(until.getTime() - 14 * DAY_MS - 1), until };
    await expect(recover(endpoint, tooLong)).rejects.toMatchObject(invalid);
    await expect(recoverable(endpoint, tooLong)).rejects.toMatchObject(invalid);
    await expect(recover(endpoint, { since: new Date(now - 15 * DAY_MS) })).rejects.toMatchObject(invalid);
    await expect(recover(endpoint, { since: until, until })).rejects.toMatchObject(invalid);
    await expect(recover(endpoint, { since: new Date(now + DAY_MS) })).rejects.toMatchObject(invalid);
    await expect(recover(disabled, { since: since(2) })).rejects.toMatchObject({ code: "ENDPOINT_DISABLED" });
    await expect(recover(pulls, { since: since(2) })).rejects.toMatchObject({ code: "DELIVERY_STATE" });
    await expect(recover("ep_1", { since: since(2) })).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
    await expect(jobs.get("job_1")).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
    const exactly = { since: new Date(until.getTime() - 14 * DAY_MS), until };
    expect(await recoverable(endpoint, exactly)).toEqual({ deliveries: 0, more: false });
  });
});
