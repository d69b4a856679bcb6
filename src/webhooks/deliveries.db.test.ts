import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import {
  deliveryId,
  endpointId,
  insertAttempt,
  insertDelivery,
  insertEndpoint,
  insertMessage,
} from "../../test/support/webhookRows.ts";
import { events } from "../../test/support/webhookEvents.ts";
import { createRegistry } from "../events/registry.ts";
import { createDeliveries, type DeliveryQuery } from "./deliveries.ts";
import type { DeliveryState } from "./deliveryState.ts";

const HOUR_MS = 3_600_000;
const registry = createRegistry(events);

describeOnDatabases("deliveries:", (open) => {
  let database: TestDatabase;
  beforeAll(async () => (database = await open()));
  afterAll(() => database.drop());

  /** A world of its own for each test: an account nobody else has. */
  const inAccount = (account: string) => {
    const deliveries = createDeliveries({
      db: database.db,
      registry,
      accountOf: (given) => given ?? account,
    });
    const found = async (query: DeliveryQuery = {}) =>
      (await deliveries.list(query)).items.map(({ id }) => id);
    return { ...deliveries, found };
  };

  test("a list filters by endpoint, state, type, category and time, newest first", async () => {
    const account = "filters";
    const { db } = database;
    const { found } = inAccount(account);
    const now = Date.now();
    const one = await insertEndpoint(db, { account });
    const two = await insertEndpoint(db, { account });
    const make = async (endpoint: string, state: DeliveryState, type: string, hoursAgo: number) =>
      deliveryId(await insertDelivery(db, { account, endpoint, state, type, at: now - hoursAgo * HOUR_MS }));
    const delivered = await make(one, "delivered", "card.moved", 5);
    const failed = await make(one, "failed", "card.added", 4);
    const retrying = await make(two, "retrying", "comment.added", 3);
    const held = await make(two, "held", "card.moved", 2);
    const pending = await make(two, "pending", "card.moved", 1);
    expect(await found()).toEqual([pending, held, retrying, failed, delivered]);
    expect(await found({ endpoint: endpointId(one) })).toEqual([failed, delivered]);
    expect(await found({ states: ["failed", "held"] })).toEqual([held, failed]);
    expect(await found({ states: ["pending", "retrying"] })).toEqual([pending, retrying]);
    expect(await found({ states: ["retrying"], endpoint: endpointId(one) })).toEqual([]);
    expect(await found({ states: ["delivered", "held"] })).toEqual([held, delivered]);
    expect(await found({ types: ["card.*"] })).toEqual([pending, held, failed, delivered]);
    expect(await found({ types: ["comment.added", "card.added"] })).toEqual([retrying, failed]);
    expect(await found({ types: ["car.*"] })).toEqual([]);
    const since = new Date(now - 4 * HOUR_MS);
    const until = new Date(now - 2 * HOUR_MS);
    expect(await found({ since, until })).toEqual([retrying, failed]);
  });

  test("types are written as endpoints write them, and mean older names, too", async () => {
    const account = "types";
    const { found } = inAccount(account);
    const endpoint = await insertEndpoint(database.db, { account });
    const make = async (type: string) =>
      deliveryId(await insertDelivery(database.db, { account, endpoint, type }));
    const moved = await make("card.moved"); // of a type that is defined no more
    const mailed = await make("invoice_mailed"); // what invoice.sent was called
    const sent = await make("invoice.sent");
    const paid = await make("invoice.paid");
    const all = [paid, sent, mailed, moved];
    const cases: [types: string[], wanted: string[]][] = [
      [["*"], all],
      [["invoice.*"], [paid, sent, mailed]],
      [["invoice.sent"], [sent, mailed]],
      [["invoice_mailed"], [sent, mailed]],
      [["*.moved"], [moved]],
      [
        ["*.paid", "card.*"],
        [paid, moved],
      ],
      [["in_oice.sent"], []],
    ];
    for (const [types, wanted] of cases)
      expect([types, (await found({ types })).toSorted()]).toEqual([types, wanted.toSorted()]);
  });

  test("each says what its event happened to, as receivers see it", async () => {
    const account = "subjects";
    const { list, get } = inAccount(account);
    const endpoint = await insertEndpoint(database.db, { account });
    const message = await insertMessage(database.db, {
      account,
      subject: "page:https://example.com/a",
      subjectLabel: "Start: page",
    });
    const id = deliveryId(await insertDelivery(database.db, { account, endpoint, message }));
    const subject = { type: "page", id: "https://example.com/a", label: "Start: page" };
    expect((await list()).items).toMatchObject([{ id, subject }]);
    expect(await get(id)).toMatchObject({ subject });
    await database.db.query("delete from tidings.messages where account_id = $1", [account]);
    expect((await list()).items).toMatchObject([{ id, subject: null }]);
  });

  test("pages follow one another without a gap, in both directions", async () => {
    const account = "pages";
    const { list } = inAccount(account);
    const endpoint = await insertEndpoint(database.db, { account });
    const all: string[] = [];
    const start = Date.now() - HOUR_MS;
    for (let n = 0; n < 7; n++)
      all.unshift(deliveryId(await insertDelivery(database.db, { account, endpoint, at: start + n })));
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, before: first.older! });
    const third = await list({ limit: 3, before: second.older! });
    expect([...first.items, ...second.items, ...third.items].map(({ id }) => id)).toEqual(all);
    expect(third.older).toBeNull();
    const back = await list({ limit: 3, after: third.newer! });
    expect(back.items).toEqual(second.items);
    const newest = await list({ limit: 5, after: back.newer! });
    expect(newest.items).toEqual(first.items);
    expect(await list({ after: newest.newer! })).toEqual({
      items: [],
      older: newest.newer,
      newer: newest.newer,
    });
  });

  test("one call looks at 10,000 deliveries: a rare type beyond them is on a later page", async () => {
    const account = "rare";
    const { db } = database;
    const { list } = inAccount(account);
    const endpoint = await insertEndpoint(db, { account });
    const rare = await insertDelivery(db, {
      account,
      endpoint,
      type: "page.printed",
      at: Date.now() - HOUR_MS,
    });
    await db.query(
      `insert into tidings.deliveries (account_id, id, endpoint_id, message_id, type, origin, state, troubled, created_at)
       select $1, tidings.uuid7((extract(epoch from now()) * 1000000)::bigint + n), $2::text::uuid, gen_random_uuid(), 'card.moved',
              'event', 'delivered', false, now() from generate_series(1, 12000) n`,
      [account, endpoint],
    );
    const first = await list({ types: ["page.printed"], endpoint: endpointId(endpoint) });
    expect(first.items).toEqual([]);
    expect(first.older).not.toBeNull();
    const second = await list({
      types: ["page.printed"],
      endpoint: endpointId(endpoint),
      before: first.older!,
    });
    expect(second.items.map(({ id }) => id)).toEqual([deliveryId(rare)]);
    expect(second.older).toBeNull();
  });

  test("one delivery shows its message, its tries in order and when the next one comes", async () => {
    const account = "one";
    const { get } = inAccount(account);
    const { db } = database;
    const endpoint = await insertEndpoint(db, { account });
    const runAt = new Date(Date.now() + HOUR_MS);
    const id = await insertDelivery(db, { account, endpoint, state: "retrying", attempts: 2, runAt });
    await insertAttempt(db, { account, delivery: id, endpoint, number: 2, status: 503, failure: "status" });
    await insertAttempt(db, { account, delivery: id, endpoint, number: 1, failure: "timeout" });
    const details = await get(deliveryId(id));
    expect(details).toMatchObject({
      id: deliveryId(id),
      endpoint: endpointId(endpoint),
      state: "retrying",
      attempts: 2,
      nextTryAt: runAt,
      settledAt: null,
      content: { account, type: "card.moved", subject: "card:1", body: Buffer.from("{}") },
      history: [
        { number: 1, status: null, failure: "timeout", requestHeaders: { "webhook-id": "msg_1" } },
        { number: 2, status: 503, failure: "status", responseBody: null },
      ],
    });
  });

  // Case 12, as it is shown: what was stored comes back as it came over the wire.
  test("an answer that is no text at all (binary, invalid UTF-8, NUL) is shown byte for byte", async () => {
    const account = "binary";
    const { get } = inAccount(account);
    const endpoint = await insertEndpoint(database.db, { account });
    const bodies = [
      Buffer.from([0, 1, 0, 255, 254]),
      Buffer.from([0xc3, 0x28, 0xa0, 0xa1, 0xe2, 0x82]),
      Buffer.from("\0\0"),
      Buffer.alloc(0),
      Buffer.from(Array.from({ length: 16_384 }, (_, n) => n % 256)),
    ];
    const id = await insertDelivery(database.db, { account, endpoint });
    for (const [index, responseBody] of bodies.entries())
      await insertAttempt(database.db, { account, delivery: id, endpoint, number: index + 1, responseBody });
    const { history } = await get(deliveryId(id));
    expect(history.map(({ responseBody }) => responseBody)).toEqual(bodies);
  });

  // Case 29, as it is shown.
  test("a delivery whose message retention dropped is shown without it", async () => {
    const account = "gone";
    const { get } = inAccount(account);
    const endpoint = await insertEndpoint(database.db, { account });
    const id = await insertDelivery(database.db, {
      account,
      endpoint,
      state: "expired",
      failure: "message_gone",
    });
    await database.db.query("delete from tidings.messages where account_id = $1", [account]);
    const details = await get(deliveryId(id));
    expect(details).toMatchObject({
      state: "expired",
      failure: "message_gone",
      content: null,
      nextTryAt: null,
    });
  });

  test("what cannot be asked is refused with the field", async () => {
    const { list, get } = inAccount("refused");
    const refuses = (query: DeliveryQuery, code: string) =>
      expect(list(query)).rejects.toMatchObject({ code });
    await refuses({ limit: 0 }, "INVALID_FILTER");
    await refuses({ limit: 201 }, "INVALID_FILTER");
    await refuses({ states: [] }, "INVALID_FILTER");
    await refuses({ states: ["lost" as DeliveryState] }, "INVALID_FILTER");
    await refuses({ types: ["*.*"] }, "INVALID_FILTER");
    await refuses({ types: ["card.moved'"] }, "INVALID_FILTER");
    await refuses({ since: new Date(Number.NaN) }, "INVALID_FILTER");
    await refuses({ since: new Date(5), until: new Date(5) }, "INVALID_FILTER");
    await refuses({ before: "dlv_x" }, "INVALID_CURSOR");
    await refuses(
      { before: deliveryId("01900000-0000-7000-8000-000000000000"), after: "x" },
      "INVALID_CURSOR",
    );
    await refuses({ endpoint: "ep_x" }, "ENDPOINT_NOT_FOUND");
    await expect(get("dlv_x")).rejects.toMatchObject({ code: "DELIVERY_NOT_FOUND" });
    await expect(get(deliveryId("01900000-0000-7000-8000-000000000000"))).rejects.toMatchObject({
      code: "DELIVERY_NOT_FOUND",
    });
  });
});
