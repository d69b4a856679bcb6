import { afterAll, beforeAll, expect, test } from "vitest";
import { passTime } from "../../test/support/webhookJobs.ts";
import { insertDelivery } from "../../test/support/webhookRows.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { events, invoicePaid, member } from "../../test/support/webhookEvents.ts";
import { captureWebhooks } from "../testing/captureWebhooks.ts";
import { fixture } from "../testing/fixture.ts";
import { uuidOf } from "./publicId.ts";
import { createTidings } from "../tidings.ts";

const HOUR_MS = 3_600_000;
const secretKey = Buffer.alloc(32, "key").toString("base64");

describeOnDatabases("webhooks as a whole", (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database.drop());

  test("what is recorded after an endpoint was made reaches it, although no worker had ever run", async () => {
    await using receiver = await captureWebhooks();
    const tidings = createTidings({
      db: database.db,
      events,
      account: "acme",
      webhooks: { secretKey, allowAddresses: ["127.0.0.1"] },
    });
    await tidings.webhooks.endpoints.create({ url: receiver.url, types: ["*"] });
    const [event] = await tidings.record(fixture(invoicePaid, { actor: member("ann") }));
    const { caughtUp } = await tidings.work({ forMs: 20_000 });
    expect(caughtUp).toBe(true);
    expect(receiver.received.map(({ json }) => json)).toEqual([
      expect.objectContaining({ id: event!.id, type: "invoice.paid" }),
    ]);
    // It can be started again: connections were closed, not given up.
    await tidings.record(fixture(invoicePaid, { actor: member("ann") }));
    await tidings.work({ forMs: 20_000 });
    expect(receiver.received).toHaveLength(2);
  });

  test("work goes on until jobs are done; one that has to wait for others does not hold it up", async () => {
    const { db } = database;
    await using receiver = await captureWebhooks();
    const tidings = createTidings({
      db,
      events,
      account: "recovered",
      webhooks: { secretKey, allowAddresses: ["127.0.0.1"] },
    });
    const { endpoints, recover, jobs } = tidings.webhooks;
    const { endpoint } = await endpoints.create({ url: receiver.url, types: ["*"] });
    const account = "recovered";
    const now = Date.now();
    // More than a job sends in its first second.
    for (let n = 0; n < 60; n++)
      await insertDelivery(db, {
        account,
        endpoint: uuidOf("endpoint", endpoint.id),
        state: "held",
        at: now - HOUR_MS + n,
      });
    const range = { since: new Date(now - 2 * HOUR_MS), until: new Date(now - HOUR_MS / 2) };
    const { id } = await recover(endpoint.id, range);
    await endpoints.disable(endpoint.id);
    expect(await tidings.work({ forMs: 30_000 })).toMatchObject({ caughtUp: true });
    expect(await jobs.get(id)).toMatchObject({ state: "running", done: 0 });

    await endpoints.enable(endpoint.id);
    await passTime(db);
    expect(await tidings.work({ forMs: 30_000 })).toMatchObject({ caughtUp: true });
    expect(await jobs.get(id)).toMatchObject({ state: "done", done: 60 });
    expect(receiver.received).toHaveLength(60);
  }, 60_000);

  test("without the option every call ends with WEBHOOKS_OFF", async () => {
    const { webhooks } = createTidings({ db: database.db, events, account: "acme" });
    const off = expect.objectContaining({ code: "WEBHOOKS_OFF" }) as Error;
    await expect(webhooks.endpoints.list()).rejects.toThrow(off);
    await expect(webhooks.test("ep_1")).rejects.toThrow(off);
    expect(() => webhooks.eventTypes()).toThrow(off);
  });
});
