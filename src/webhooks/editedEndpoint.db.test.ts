import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPglite, type TestDatabase } from "../../test/support/testDatabase.ts";
import { createAddressGuard } from "./addressGuard.ts";
import { claim } from "./claim.ts";
import { complete, type AttemptResult } from "./complete.ts";
import { createEndpoints, type Endpoints } from "./endpoints.ts";
import { enqueue } from "./enqueue.ts";
import { webhookSettings } from "./options.ts";
import { uuidOf } from "./publicId.ts";
import { createSealing } from "./sealing.ts";
import { sweep } from "./sweeper.ts";

const { policy } = webhookSettings({ secretKey: randomBytes(32).toString("base64") });
let database: TestDatabase;
let endpoints: Endpoints;

beforeAll(async () => {
  database = await createTestPglite();
  endpoints = createEndpoints({
    begin: async () => undefined,
    db: database.db,
    sealing: createSealing([randomBytes(32)]),
    rules: { checkUrl: createAddressGuard().checkUrl, source: null },
    maxEndpoints: 100,
    accountOf: () => "acme",
  });
});
afterAll(() => database.drop());

/** An endpoint, and a delivery of which the first request is under way. */
async function requestUnderWay() {
  const { endpoint } = await endpoints.create({
    url: "https://example.com/old",
    types: ["*"],
    schedule: [0, 0],
  });
  const message = {
    account: "acme",
    type: "card.moved",
    subject: "card:1",
    subjectLabel: null,
    event: null,
    format: "standard",
    version: 1,
    contentType: "application/json",
    headers: {},
    body: Buffer.from("{}"),
  } as const;
  const wanted = { message: 0, endpoint: uuidOf("endpoint", endpoint.id), key: null };
  await database.db.transaction((tx) => enqueue(tx, "event", [message], [wanted]));
  return { endpoint, ...(await claimOne()) };
}

async function claimOne() {
  const { endpoints: claimed, deliveries } = await claim(database.db, {
    want: 4,
    slots: 64,
    slowRoom: 16,
    busy: {},
  });
  return { settings: claimed[0], delivery: deliveries[0]! };
}

/** What a worker says when the endpoint answered 503 and the schedule has another try at once. */
async function fail(
  { settings, delivery }: Awaited<ReturnType<typeof requestUnderWay>>,
  url = settings!.url,
) {
  const result: AttemptResult = {
    account: "acme",
    delivery: delivery.id,
    endpoint: delivery.endpoint,
    claim: delivery.claim,
    state: "retrying",
    retryMs: 0,
    ok: false,
    slowDown: false,
    disable: null,
    failure: "status",
    durationMs: 5,
    number: delivery.attempts + 1,
    attempt: {
      url,
      status: 503,
      failure: "status",
      detail: null,
      requestHeaders: {},
      responseHeaders: null,
      responseBody: null,
      truncated: false,
    },
  };
  const { accepted } = await database.db.transaction((tx) => complete(tx, [result], policy));
  expect(accepted).toEqual([delivery.id]);
}

const stateOf = async (delivery: string) =>
  database.db.query("select state, failure from tidings.deliveries where id = $1::uuid", [delivery]);

test("case 28: edited while a request is under way, the next attempt goes to the new URL, and the log keeps the old one's", async () => {
  const underWay = await requestUnderWay();
  await endpoints.update(underWay.endpoint.id, { url: "https://example.com/new", timeoutMs: 3_000 });
  await fail(underWay);
  const next = await claimOne();
  expect(next.delivery.id).toBe(underWay.delivery.id);
  expect(next.settings).toMatchObject({
    url: "https://example.com/new",
    timeoutMs: 3_000,
    revision: underWay.settings!.revision + 1,
  });
  await fail({ ...next, endpoint: underWay.endpoint });
  const attempts = await database.db.query(
    "select number, url from tidings.attempts where delivery_id = $1::uuid order by number",
    [next.delivery.id],
  );
  expect(attempts).toEqual([
    { number: 1, url: "https://example.com/old" },
    { number: 2, url: "https://example.com/new" },
  ]);
  await endpoints.delete(underWay.endpoint.id);
});

test("case 28: deleted while a request is under way, its result is written, and nothing is tried again", async () => {
  const underWay = await requestUnderWay();
  await endpoints.delete(underWay.endpoint.id);
  await fail(underWay);
  expect((await claim(database.db, { want: 4, slots: 64, slowRoom: 16, busy: {} })).deliveries).toEqual([]);
  await sweep(database.db);
  expect(await stateOf(underWay.delivery.id)).toEqual([{ state: "expired", failure: "endpoint_deleted" }]);
});

test("case 28: disabled while a request is under way, the retry is held, and sent when it is enabled and asked for", async () => {
  const underWay = await requestUnderWay();
  await endpoints.disable(underWay.endpoint.id);
  await fail(underWay);
  expect((await claim(database.db, { want: 4, slots: 64, slowRoom: 16, busy: {} })).deliveries).toEqual([]);
  await sweep(database.db);
  expect(await stateOf(underWay.delivery.id)).toEqual([{ state: "held", failure: "status" }]);
  await endpoints.enable(underWay.endpoint.id);
  expect((await claim(database.db, { want: 4, slots: 64, slowRoom: 16, busy: {} })).deliveries).toEqual([]);
  await database.db.query("select tidings.requeue_deliveries('acme', array[$1::uuid])", [
    underWay.delivery.id,
  ]);
  expect((await claimOne()).delivery.id).toBe(underWay.delivery.id);
});
