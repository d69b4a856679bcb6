import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  board,
  card,
  cardAdded,
  commentAdded,
  events,
  page,
  pageViewed,
} from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { finishJob, passTime, stepJob } from "../../test/support/webhookJobs.ts";
import { deliveryId, endpointId, insertEndpoint, queueRows } from "../../test/support/webhookRows.ts";
import { defineEvent } from "../events/defineEvent.ts";
import type { Draft } from "../events/draft.ts";
import { createRegistry } from "../events/registry.ts";
import { recordedAt } from "../log/eventId.ts";
import { createSignals } from "../signals.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { createBackfill } from "./backfill.ts";
import { createDeliveries } from "./deliveries.ts";
import { publicId } from "./publicId.ts";
import { createJobs } from "./jobs.ts";
import { createSendPast } from "./sendPast.ts";
import { createTestEvents } from "./testEvent.ts";
import { webhookEndpointDisabled, webhookEvents } from "./webhookEvents.ts";
import { createMessageWriter } from "./writeMessage.ts";

const ann = { type: "user", id: "ann", label: "Ann" };

describeOnDatabases("history for endpoints:", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    database = await open();
    tidings = createTidings<unknown>({ db: database.db, events: [events, webhookEvents] });
    await database.db.query(
      "insert into tidings.subscriptions (name, slot, slots, position) values ('webhooks', 0, 1, 0)",
    );
  });
  afterAll(() => database.drop());

  const inAccount = (account: string) => {
    const { db } = database;
    const { registry } = tidings;
    const accountOf = (given: string | undefined) => given ?? account;
    const writer = createMessageWriter({ registry, source: "https://app.example.com" });
    return {
      ...createBackfill({ db, accountOf }),
      ...createSendPast({ db, registry, writer, accountOf }),
      ...createTestEvents({ db, registry, writer, accountOf }),
      deliveries: createDeliveries({ db, registry, accountOf }),
      jobs: createJobs({ db, accountOf }),
      record: (...drafts: Draft[]): Promise<readonly { id: string }[]> =>
        tidings.run({ account, actor: ann }, () => tidings.record(...drafts)),
      /** The events whose deliveries these are. */
      eventsOf: async (sent: readonly string[]) => {
        const rows = await db.query<{ id: string; event: string }>(
          `select d.id::text, m.event_id::text as event from tidings.deliveries d
             join tidings.messages m on m.account_id = d.account_id and m.id = d.message_id where d.account_id = $1`,
          [account],
        );
        const found = new Map(rows.map((row) => [row.id, row.event]));
        return sent.map((id) => found.get(id));
      },
    };
  };

  /** Gives positions to all, and lets fan-out have passed over all. Returns the last position. */
  const number = async (): Promise<number> => {
    const { position } = await tidings.work();
    await database.db.query(
      "update tidings.subscriptions set position = $1::text::bigint where name = 'webhooks'",
      [String(position)],
    );
    return position;
  };
  /** Recorded twenty minutes ago, by the ids, which say when. Returns them. */
  const insertOldEvents = async (account: string, types: readonly string[]): Promise<string[]> => {
    const at = Date.now() - 1_200_000;
    const inserted: string[] = [];
    for (const [n, type] of types.entries())
      inserted.push(await insertRawEvent(database.db, { account, type, id: uuid7At(at + n) }));
    await number();
    return inserted;
  };
  const cards = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, n) =>
      cardAdded({ subject: card(`${from + n}`), refs: { board: board("b") } }),
    );
  const comment = (text: string) =>
    commentAdded({ subject: card("1"), refs: { mentioned: [] }, data: { text } });
  const ids = (recorded: readonly { id: string }[]) => recorded.map(({ id }) => id);

  test("a backfill sends what the endpoint asks for, in the order of the log, each event once", async () => {
    const account = "all";
    const { backfill, record, eventsOf, jobs, deliveries } = inAccount(account);
    const added = await record(...cards(1, 130));
    await record(comment("not asked for"), pageViewed({ subject: page("p") }));
    const more = await record(...cards(131, 140));
    await inAccount("somebody else").record(...cards(1, 5));
    const last = await number();
    const endpoint = await insertEndpoint(database.db, { account, types: ["card.*"] });
    const job = await backfill(endpointId(endpoint), { from: "start", perSecond: 60 });
    expect(job).toMatchObject({ kind: "backfill", state: "running", perSecond: 60, done: 0, progress: 0 });
    const later = await record(...cards(141, 142));
    await number();
    const sent = await finishJob(database.db, tidings.registry, account);
    expect(await eventsOf(sent)).toEqual(ids([...added, ...more]));
    expect(await eventsOf(sent), "what came later is fan-out's").not.toContain(later[0]!.id);
    expect(await jobs.get(job.id)).toMatchObject({ state: "done", done: 140, progress: 1 });
    const { items } = await deliveries.list({ limit: 1 });
    expect(items[0]).toMatchObject({ origin: "backfill", type: "card.added" });
    expect(last).toBeGreaterThan(140);
  });

  test("begins after a position, or at a time; what cannot be is refused", async () => {
    const account = "from";
    const { backfill, record, eventsOf } = inAccount(account);
    await record(...cards(1, 2));
    const position = await number();
    const wanted = ids(await record(...cards(3, 4)));
    await number();
    for (const from of [{ position }, { time: new Date(recordedAt(wanted[0]!)) }]) {
      const endpoint = endpointId(await insertEndpoint(database.db, { account }));
      await backfill(endpoint, { from });
      expect(await eventsOf(await finishJob(database.db, tidings.registry, account))).toEqual(wanted);
    }
    const endpoint = endpointId(await insertEndpoint(database.db, { account }));
    await backfill(endpoint, { from: { position: 1_000_000 } });
    expect(await finishJob(database.db, tidings.registry, account)).toEqual([]);
    const invalid = { code: "INVALID_FILTER" };
    await expect(backfill(endpoint, { from: { position: -1 } })).rejects.toMatchObject(invalid);
    await expect(backfill(endpoint, { from: { time: new Date(Number.NaN) } })).rejects.toMatchObject(invalid);
    await expect(backfill(endpoint, { from: "start", perSecond: 0 })).rejects.toMatchObject(invalid);
    await expect(backfill(endpoint, { from: "start", perSecond: 1_001 })).rejects.toMatchObject(invalid);
    const disabled = endpointId(await insertEndpoint(database.db, { account, status: "disabled" }));
    await expect(backfill(disabled, { from: "start" })).rejects.toMatchObject({ code: "ENDPOINT_DISABLED" });
  });

  test("never goes further than fan-out, and leaves out what the endpoint already has a delivery for", async () => {
    const account = "beside";
    const { backfill, record, send, eventsOf, jobs } = inAccount(account);
    const recorded = ids(await record(...cards(1, 3)));
    const position = await number();
    const endpoint = await insertEndpoint(database.db, { account });
    const ahead = ids(await record(...cards(4, 5)));
    await tidings.work();
    const job = await backfill(endpointId(endpoint), { from: { position: position - 3 } });
    await send(recorded[1]!, { endpoint: endpointId(endpoint) });
    await database.db.query("delete from tidings.delivery_queue where account_id = $1", [account]);
    await stepJob(database.db, tidings.registry);
    await passTime(database.db);
    await stepJob(database.db, tidings.registry);
    expect(await jobs.get(job.id)).toMatchObject({ state: "running", done: 2 });
    expect(await queueRows(database.db, account)).toHaveLength(2);
    // Fan-out comes to the others: one it sends itself; the other one it took up before it knew the endpoint.
    await number();
    await send(ahead[0]!, { endpoint: endpointId(endpoint) });
    const sent = await finishJob(database.db, tidings.registry, account);
    expect((await eventsOf(sent)).toSorted()).toEqual([recorded[0], recorded[2], ...ahead].toSorted());
    expect(await jobs.get(job.id)).toMatchObject({ state: "done", done: 3 });
  });

  test("a past event that cannot be written is left out with a signal, and the others go on", async () => {
    const account = "broken";
    const { backfill, record, eventsOf, jobs } = inAccount(account);
    const before = await record(...cards(1, 2));
    await record(comment("broken"));
    const after = await record(...cards(3, 4));
    await number();
    const withoutWrite = defineEvent("comment.added", {
      subject: card,
      data: z.object({ text: z.string() }),
      webhook: {
        version: 1,
        write: () => {
          throw new Error("no such text");
        },
      },
    });
    const registry = createRegistry([card, cardAdded, withoutWrite]);
    const signals = createSignals();
    const passedOver: unknown[] = [];
    signals.on("webhook.passed_over", (signal) => passedOver.push(signal));
    const endpoint = endpointId(await insertEndpoint(database.db, { account }));
    const { id: job } = await backfill(endpoint, { from: "start" });
    expect(await eventsOf(await finishJob(database.db, registry, account, signals))).toEqual(
      ids([...before, ...after]),
    );
    expect(await jobs.get(job)).toMatchObject({ state: "done", done: 4 });
    const error = expect.objectContaining({ message: "no such text" }) as Error;
    const position = expect.any(Number) as number;
    expect(passedOver).toEqual([{ account, endpoint, job, position, type: "comment.added", error }]);
  });

  test("an event that only newer processes know ends the step before it; one that nobody knows any more is left out", async () => {
    const account = "newer";
    const { backfill, record, eventsOf, jobs } = inAccount(account);
    const added = ids(await record(...cards(1, 1), comment("new here"), ...cards(2, 2)));
    await number();
    const older = createRegistry([card, cardAdded]);
    const signals = createSignals();
    const passedOver: string[] = [];
    signals.on("webhook.passed_over", ({ type }) => passedOver.push(type));
    const endpoint = endpointId(await insertEndpoint(database.db, { account }));
    const { id: job } = await backfill(endpoint, { from: "start" });
    for (let steps = 0; steps < 3; steps++) {
      await passTime(database.db);
      await stepJob(database.db, older, signals);
    }
    expect(await jobs.get(job)).toMatchObject({ state: "running", done: 1 });
    expect(await eventsOf(await finishJob(database.db, tidings.registry, account))).toEqual(added);
    expect(passedOver).toEqual([]);

    const old = "long gone";
    const earlier = inAccount(old);
    const [kept] = await insertOldEvents(old, ["card.added", "card.burnt", "page.burnt"]);
    const patient = endpointId(await insertEndpoint(database.db, { account: old, types: ["card.*"] }));
    await earlier.backfill(patient, { from: "start" });
    expect(await earlier.eventsOf(await finishJob(database.db, older, old, signals))).toEqual([kept]);
    expect(passedOver, "what it asked for").toEqual(["card.burnt"]);
  });

  test("a past event goes to a chosen endpoint, whatever its types; the same event has the same message id everywhere", async () => {
    const account = "send";
    const { send, record, deliveries } = inAccount(account);
    const [event] = await record(...cards(1, 1));
    await number();
    const one = endpointId(await insertEndpoint(database.db, { account, types: ["comment.*"] }));
    const two = endpointId(await insertEndpoint(database.db, { account }));
    const thin = endpointId(await insertEndpoint(database.db, { account, format: "thin" }));
    const first = await send(event!.id, { endpoint: one });
    const second = await send(event!.id, { endpoint: two });
    expect(first).toMatchObject({ endpoint: one, origin: "send", state: "pending", type: "card.added" });
    expect(second.message).toBe(first.message);
    expect(second.id).not.toBe(first.id);
    const { content } = await deliveries.get(first.id);
    expect(content).toMatchObject({ event: { lane: "domain", id: event!.id, position: expect.any(Number) } });
    expect(JSON.parse(content!.body.toString())).toMatchObject({ type: "card.added" });
    expect((await send(event!.id, { endpoint: thin })).message, "other bytes").not.toBe(first.message);
  });

  test("an event that fan-out has not come to is not sent by hand: it would have two message ids", async () => {
    const account = "too new";
    const { send, record } = inAccount(account);
    const endpoint = endpointId(await insertEndpoint(database.db, { account }));
    const tooNew = { code: "DELIVERY_STATE" };
    const [event] = await record(...cards(1, 1));
    await expect(send(event!.id, { endpoint }), "without a position").rejects.toMatchObject(tooNew);
    await tidings.work();
    await expect(send(event!.id, { endpoint }), "before fan-out").rejects.toMatchObject(tooNew);
    await number();
    expect(await send(event!.id, { endpoint })).toMatchObject({ state: "pending" });
  });

  test("what is no event of the account, or never goes out, is not found; a disabled endpoint is not sent to", async () => {
    const account = "not sent";
    const { send, record } = inAccount(account);
    const [viewed, added] = await record(pageViewed({ subject: page("p") }), ...cards(1, 1));
    const [foreign] = await inAccount("another").record(...cards(1, 1));
    await number();
    const uuid = await insertEndpoint(database.db, { account });
    const endpoint = endpointId(uuid);
    const missing = { code: "EVENT_NOT_FOUND" };
    await expect(send(viewed!.id, { endpoint })).rejects.toMatchObject(missing);
    await expect(send(foreign!.id, { endpoint })).rejects.toMatchObject(missing);
    await expect(send("nothing", { endpoint })).rejects.toMatchObject(missing);
    const disabled = endpointId(await insertEndpoint(database.db, { account, status: "disabled" }));
    await expect(send(added!.id, { endpoint: disabled })).rejects.toMatchObject({
      code: "ENDPOINT_DISABLED",
    });
    // Case 31, by hand.
    const [about] = await record(
      webhookEndpointDisabled({
        subject: { type: "webhook_endpoint", id: publicId("endpoint", uuid), label: null },
        data: { reason: "gone", failingSince: null, failedMessages: 0 },
      }),
    );
    await number();
    await expect(send(about!.id, { endpoint })).rejects.toMatchObject({ code: "DELIVERY_STATE" });
    expect(await queueRows(database.db, account)).toEqual([]);
  });

  test("a test event is an example in the endpoint's format, recorded nowhere", async () => {
    const account = "test";
    const { test: sendTest, deliveries } = inAccount(account);
    const endpoint = endpointId(
      await insertEndpoint(database.db, { account, types: ["comment.*", "card.moved"] }),
    );
    const before = await tidings.events.count({ account, lanes: ["domain", "system", "client", "change"] });
    const byDefault = await sendTest(endpoint);
    expect(byDefault).toMatchObject({ origin: "test", state: "pending", type: "card.moved" });
    const { content } = await deliveries.get(byDefault.id);
    expect(content!.event).toBeNull();
    expect(content!.body.toString()).toContain("Test moved Card 1 from Column 1 to Column 2");
    expect(await sendTest(endpoint, { type: "card.added" })).toMatchObject({ type: "card.added" });
    expect(await tidings.events.count({ account, lanes: ["domain", "system", "client", "change"] })).toBe(
      before,
    );
    for (const type of ["nothing.known", "page.viewed"])
      await expect(sendTest(endpoint, { type })).rejects.toMatchObject({ code: "UNKNOWN_TYPE" });
    const disabled = endpointId(await insertEndpoint(database.db, { account, status: "disabled" }));
    await expect(sendTest(disabled)).rejects.toMatchObject({ code: "ENDPOINT_DISABLED" });
    expect(deliveryId((await queueRows(database.db, account))[0]!.id)).toBe(byDefault.id);
  });

  // The last one: it takes the beginning of the log away.
  test("a position that retention took is refused; from the start means from what is kept", async () => {
    const account = "pruned";
    const { backfill } = inAccount(account);
    await database.db.query("delete from tidings.event_order where pos <= 5");
    const endpoint = endpointId(await insertEndpoint(database.db, { account }));
    const pruned = { code: "POSITION_PRUNED" };
    await expect(backfill(endpoint, { from: { position: 4 } })).rejects.toMatchObject(pruned);
    await expect(backfill(endpoint, { from: { position: 5 } })).resolves.toMatchObject({ state: "running" });
    expect(await finishJob(database.db, tidings.registry, account)).toEqual([]);
    await expect(backfill(endpoint, { from: "start" })).resolves.toMatchObject({ state: "running" });
    expect(await finishJob(database.db, tidings.registry, account)).toEqual([]);
  });
});
