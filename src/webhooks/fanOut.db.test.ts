import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import {
  events,
  invoice,
  invoiceNoted,
  invoicePaid,
  invoiceSent,
  jobFailed,
  jobRan,
} from "../../test/support/webhookEvents.ts";
import { insertEndpoint as insertRawEndpoint, type RawEndpoint } from "../../test/support/webhookRows.ts";
import type { Draft } from "../events/draft.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import { createRegistry } from "../events/registry.ts";
import { fixture } from "../testing/fixture.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { fanOutSubscription } from "./fanOut.ts";
import { readMessage } from "./readMessage.ts";
import { endpointSubject, webhookEndpointDisabled, webhookEvents } from "./webhookEvents.ts";
import { createMessageWriter, type MessageWriter } from "./writeMessage.ts";

const definitions = [events, webhookEvents];
const registry = createRegistry(definitions);

describeOnDatabases("fan-out", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  /** Runs after what fan-out wrote and before its commit. */
  let beforeCommit: () => void;
  let written: PositionedEvent[];

  beforeAll(async () => {
    database = await open();
    const { db } = database;
    tidings = createTidings({ db, events: definitions });
    const writer: MessageWriter = createMessageWriter({
      registry,
      source: "/",
      publicAccount: (account) => `public-${account}`,
    });
    const fanOut = fanOutSubscription({ db, registry, writer });
    tidings.subscribe("fan-out", {
      ...fanOut,
      run: async (given, context) => {
        await fanOut.run(given, context);
        written.push(...given);
        beforeCommit();
      },
    });
    await tidings.work(); // begins with what is recorded from here on
  }, 60_000);
  afterAll(() => database.drop());
  beforeEach(async () => {
    beforeCommit = () => undefined;
    written = [];
    for (const table of ["endpoints", "endpoint_runs", "messages", "deliveries", "delivery_queue"])
      await database.db.query(`delete from tidings.${table}`);
  });

  const insertEndpoint = (endpoint: RawEndpoint = {}) => insertRawEndpoint(database.db, endpoint);
  const sent = (id: number) => fixture(invoiceSent, { subject: invoice(id, `Invoice ${id}`) });
  const paid = (id: number, millis = 1_000) =>
    invoicePaid({ subject: invoice(id), data: { millis, secret: "s3cret" } });

  async function record(...drafts: Draft[]): Promise<void> {
    const actor = { type: "user", id: "ann", label: "Ann" };
    await tidings.run({ account: "acme", actor }, () => tidings.record(...drafts));
  }

  async function recordAndWork(...drafts: Draft[]): Promise<void> {
    await record(...drafts);
    expect((await tidings.work()).caughtUp).toBe(true);
  }

  interface DeliveryRow {
    endpoint: string;
    message: string;
    type: string;
    state: string;
    account: string;
  }

  const deliveries = () =>
    database.db.query<DeliveryRow>(
      `select endpoint_id::text as endpoint, message_id::text as message, type, state, account_id as account
         from tidings.deliveries order by id`,
    );
  const count = async (table: string) =>
    (await database.db.query<{ n: number }>(`select count(*)::int as n from tidings.${table}`))[0]!.n;

  test("each endpoint gets what it asked for, by type, category, verb and older name", async () => {
    const all = await insertEndpoint();
    const exact = await insertEndpoint({ types: ["invoice.paid"] });
    const verb = await insertEndpoint({ types: ["*.failed"] });
    const category = await insertEndpoint({ types: ["invoice.*"] });
    const older = await insertEndpoint({ types: ["invoice_mailed"] });
    await recordAndWork(sent(1), paid(1), fixture(jobFailed), fixture(jobRan), fixture(invoiceNoted));
    const made = await deliveries();
    const typesOf = (id: string) => made.filter(({ endpoint }) => endpoint === id).map(({ type }) => type);
    // Neither what its definition keeps inside nor a system event that is not asked to go out.
    expect(typesOf(all)).toEqual(["invoice.sent", "invoice.paid", "job.failed"]);
    expect(typesOf(exact)).toEqual(["invoice.paid"]);
    expect(typesOf(verb)).toEqual(["job.failed"]);
    expect(typesOf(category)).toEqual(["invoice.sent", "invoice.paid"]);
    expect(typesOf(older)).toEqual(["invoice.sent"]);
  });

  test("endpoints with one format and shape share a message; others have their own bytes", async () => {
    const [first, second] = [await insertEndpoint(), await insertEndpoint({ payloadVersion: 2 })];
    const third = await insertEndpoint({ payloadVersion: 3 });
    const thin = await insertEndpoint({ format: "thin" });
    await recordAndWork(paid(1, 12_500));
    const made = await deliveries();
    const messageOf = (id: string) => made.find(({ endpoint }) => endpoint === id)!.message;
    expect(messageOf(first)).toBe(messageOf(second));
    expect(new Set([first, third, thin].map(messageOf)).size).toBe(3);
    const old = (await readMessage(database.db, "acme", messageOf(first)))!;
    expect(old).toMatchObject({
      type: "invoice.paid",
      subject: "invoice:inv_1001",
      format: "standard",
      version: 1,
    });
    expect(old).toMatchObject({
      event: { lane: "domain", id: written[0]!.id, position: written[0]!.position },
    });
    expect(JSON.parse(old.body.toString())).toMatchObject({ account: "public-acme", data: { cents: 1250 } });
    const present = (await readMessage(database.db, "acme", messageOf(third)))!;
    expect(JSON.parse(present.body.toString())).toMatchObject({ version: 3, data: { amount: 12.5 } });
  });

  test("case 3: the database keeps the very bytes that were made", async () => {
    await insertEndpoint();
    const note = '</b> é 😀 \u2028 "q" \\u0000';
    await recordAndWork(fixture(invoiceSent, { data: { note } }));
    const [{ message }] = (await deliveries()) as [DeliveryRow];
    const { body } = (await readMessage(database.db, "acme", message))!;
    const settings = { format: "standard", payloadVersion: 1 } as const;
    const writer = createMessageWriter({
      registry,
      source: "/",
      publicAccount: (account) => `public-${account}`,
    });
    expect(body).toEqual(writer.write(written[0]!, settings)!.body);
    expect(JSON.parse(body.toString()).data.note).toBe(note);
  });

  test("a filter sees the public form, in the shape of the endpoint", async () => {
    const large = await insertEndpoint({ filter: "data.amount > 10", payloadVersion: 3 });
    await insertEndpoint({ filter: "data.amount > 10", payloadVersion: 1 }); // that shape has no amount
    await insertEndpoint({ filter: "data.millis > 10" }); // inside, nobody outside knows of it
    const named = await insertEndpoint({ filter: 'subject.id = "inv_1002" and account = "public-acme"' });
    await recordAndWork(paid(1, 12_500), paid(2, 500));
    expect((await deliveries()).map(({ endpoint }) => endpoint)).toEqual([large, named]);
  });

  test("another account's endpoints get nothing, and deleted ones neither", async () => {
    await insertEndpoint({ account: "other" });
    await insertEndpoint({ status: "deleted" });
    await recordAndWork(sent(1));
    expect([await count("deliveries"), await count("messages")]).toEqual([0, 0]);
  });

  test("an endpoint gets what was recorded before it was made and not yet looked at", async () => {
    await recordAndWork(sent(1));
    await record(sent(2));
    const endpoint = await insertEndpoint();
    await recordAndWork(sent(3));
    expect((await deliveries()).map((each) => each.endpoint)).toEqual([endpoint, endpoint]);
  });

  test("deliveries for endpoints that are disabled or pull are held, out of the queue", async () => {
    await insertEndpoint({ status: "disabled" });
    await insertEndpoint({ delivery: "pull" });
    const pushed = await insertEndpoint();
    await recordAndWork(sent(1));
    expect((await deliveries()).map(({ state }) => state).sort()).toEqual(["held", "held", "pending"]);
    expect(
      await database.db.query("select endpoint_id::text as endpoint from tidings.delivery_queue"),
    ).toEqual([{ endpoint: pushed }]);
  });

  test("an ordered endpoint's queue knows the subject: one goes, the next of the same stands behind it", async () => {
    await insertEndpoint({ ordered: true });
    await recordAndWork(sent(1), paid(1), sent(2));
    await recordAndWork(paid(2));
    const rows = await database.db.query<{ key: string; state: number }>(
      `select order_key as key, state::int as state from tidings.delivery_queue order by delivery_id`,
    );
    expect(rows).toEqual([
      { key: "invoice:inv_1001", state: 0 },
      { key: "invoice:inv_1001", state: 2 },
      { key: "invoice:inv_1002", state: 0 },
      { key: "invoice:inv_1002", state: 2 },
    ]);
  });

  test("an endpoint is awake once it has a delivery", async () => {
    const asked = await insertEndpoint({ types: ["invoice.sent"] });
    await insertEndpoint({ types: ["invoice.paid"] });
    await recordAndWork(sent(1));
    const awake = await database.db.query(
      "select endpoint_id::text as id from tidings.endpoint_runs where next_at <= now()",
    );
    expect(awake).toEqual([{ id: asked }]);
  });

  test("case 24: what is aborted leaves nothing, and the next try makes each delivery once", async () => {
    await insertEndpoint();
    let aborted = 0;
    beforeCommit = () => {
      if (aborted++ === 0) throw new Error("the connection is gone");
    };
    await record(sent(1), sent(2));
    const failed = new Promise<void>((resolve) => {
      const off = tidings.signals.on("subscription.failed", () => (off(), resolve()));
    });
    const working = tidings.work();
    await failed;
    expect((await working).caughtUp).toBe(true);
    expect(written.length).toBeGreaterThan(2); // the first try wrote them too, and nothing of it stayed
    expect([await count("deliveries"), await count("messages"), await count("delivery_queue")]).toEqual([
      2, 2, 2,
    ]);
  });

  test("case 31: an event about an endpoint goes to the others and never to itself", async () => {
    const [itself, other] = [await insertEndpoint(), await insertEndpoint({ types: ["webhook.endpoint.*"] })];
    const data = { reason: "failing", failingSince: "2026-11-15T09:30:00Z", failedMessages: 20 } as const;
    await recordAndWork(webhookEndpointDisabled({ subject: endpointSubject(itself), data }));
    expect((await deliveries()).map(({ endpoint, type }) => [endpoint, type])).toEqual([
      [other, "webhook.endpoint.disabled"],
    ]);
  });

  test("a hundred endpoints and many events are written in parts, none lost, in the order of the log", async () => {
    const ids = [];
    for (let index = 0; index < 100; index++) ids.push(await insertEndpoint());
    await recordAndWork(...Array.from({ length: 25 }, (_, index) => sent(index)));
    expect([await count("messages"), await count("deliveries"), await count("delivery_queue")]).toEqual([
      25, 2_500, 2_500,
    ]);
    const subjects = await database.db.query<{ subject: string }>(
      `select m.subject from tidings.deliveries d
         join tidings.messages m on m.account_id = d.account_id and m.id = d.message_id
        where d.endpoint_id = $1::text::uuid order by d.id`,
      [ids[7]!],
    );
    expect(subjects.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 25 }, (_, index) => `invoice:inv_${1000 + index}`),
    );
  });

  test("filters that take long let everything else in the process have its turn", async () => {
    await insertEndpoint({ filter: "data.amount > 10" });
    await recordAndWork(sent(1), sent(2), sent(3));
    let turns = 0;
    const others = () => {
      turns++;
      next = setImmediate(others);
    };
    let next = setImmediate(others);
    const turnsAtEvent: number[] = [];
    const publicForm = () => {
      turnsAtEvent.push(turns);
      for (const until = performance.now() + 30; performance.now() < until;);
      return null;
    };
    const { db } = database;
    const fanOut = fanOutSubscription({ db, registry, writer: { publicForm, write: () => null } });
    const signal = new AbortController().signal;
    await db.transaction(async (tx) => {
      await fanOut.run(written, { tx: tx.handle, attempt: 1, signal, because: (_event, work) => work() });
    });
    clearImmediate(next);
    const [first, second, third] = turnsAtEvent as [number, number, number];
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  });
});
