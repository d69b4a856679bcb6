import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { uuid7At } from "../../test/support/rawEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { insertDelivery, insertEndpoint, insertMessage } from "../../test/support/webhookRows.ts";
import { queueOn, type QueueUnderTest } from "../../test/webhooks/support/queueUnderTest.ts";
import type { Queryable } from "../db/database.ts";
import { inSchema } from "../db/schema.ts";
import { migrate } from "../db/migrate.ts";
import type { Finding } from "../log/doctor/finding.ts";
import { examineWebhooks } from "./doctor.ts";
import { publicId } from "./publicId.ts";

const DAY_MS = 86_400_000;

describeOnDatabases("doctor about webhooks", (open) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  beforeEach(async () => {
    await queue.empty();
    await database.db.query("delete from tidings.subscriptions");
    await database.db.query(
      "insert into tidings.subscriptions (name, slot, slots, position) values ('webhooks', 0, 1, 0)",
    );
  });
  afterAll(() => database.drop());

  async function findingOf(check: string): Promise<Finding> {
    const finding = (await examineWebhooks(database.db)).find((each) => each.check === check);
    if (!finding) throw new Error(`nothing was found about ${check}`);
    return finding;
  }

  const set = (change: string) => database.db.query(`update tidings.${change}`);
  const ep = (uuid: string) => publicId("endpoint", uuid);

  test("is one line where nobody has an endpoint", async () => {
    await queue.endpoint();
    await set("endpoints set status = 'deleted'");
    expect(await examineWebhooks(database.db)).toEqual([
      { check: "webhooks", status: "fine", summary: "There are no endpoints", fix: null, details: {} },
    ]);
  });

  test("finds nothing wrong with an endpoint that is served", async () => {
    const endpoint = await queue.endpoint();
    await queue.enqueue(endpoint, 3);
    await queue.answer(await queue.claim());
    const findings = await examineWebhooks(database.db);
    expect(findings.map(({ check, status }) => [check, status])).toEqual([
      ["webhook queue", "fine"],
      ["webhook endpoints", "fine"],
      ["webhook jobs", "fine"],
      ["webhook payloads", "fine"],
      ["webhook partitions", "fine"],
    ]);
    expect(findings.map(({ fix }) => fix)).toEqual([null, null, null, null, null]);
    expect(findings[0]!.summary).toBe("Nothing waits");
  });

  describe("the queue", () => {
    const grow = (minutes: number) =>
      set(
        `delivery_queue set run_at = run_at - interval '${minutes} minutes', leased_until = leased_until - interval '${minutes} minutes'`,
      );

    test("says how many wait, and for how long the oldest is due", async () => {
      const endpoint = await queue.endpoint();
      await queue.enqueue(endpoint, 2);
      await queue.enqueue(await queue.endpoint());
      await set("delivery_queue set run_at = run_at - interval '30 seconds'");
      expect(await findingOf("webhook queue")).toMatchObject({
        status: "fine",
        summary: expect.stringMatching(/^3 deliveries wait, what is due for 3\d s at most$/),
        details: { waiting: 3, stuckEndpoints: 0, lostLeases: 0 },
      });
    });

    test("names endpoints that could be sent what is due for long, and says that no process sends", async () => {
      const endpoints = [await queue.endpoint(), await queue.endpoint()];
      for (const endpoint of endpoints) await queue.enqueue(endpoint, 2);
      await grow(5);
      const never = await findingOf("webhook queue");
      expect(never).toMatchObject({
        status: "bad",
        summary: expect.stringMatching(
          /^Due for up to 5 min and not sent to 2 endpoints \(ep_\w+, ep_\w+\): no process sends$/,
        ),
        fix: expect.stringContaining("await tidings.start()"),
      });
      await set("endpoint_runs set last_served = clock_timestamp() - interval '3 minutes'");
      expect((await findingOf("webhook queue")).summary).toMatch(
        /: no process sends, the last one did 3 min ago$/,
      );
    });

    test("says that a process sends and yet does not come round", async () => {
      const [waiting, served] = [await queue.endpoint(), await queue.endpoint()];
      await queue.enqueue(waiting);
      await grow(5);
      await set(`endpoint_runs set last_served = clock_timestamp() where endpoint_id = '${served}'`);
      expect(await findingOf("webhook queue")).toMatchObject({
        status: "warning",
        summary: expect.stringMatching(
          new RegExp(`to 1 endpoint \\(${ep(waiting)}\\), although a process sends$`),
        ),
        fix: expect.stringContaining("webhooks.slots"),
      });
    });

    test.each([
      ["whose breaker is open", "breaker = 'open', breaker_until = clock_timestamp() + interval '5 minutes'"],
      ["that is disabled", "active = false"],
      ["that has a backlog and is being served", "last_served = clock_timestamp()"],
      ["whose rate limit is used up", "rate = 0.001, tokens = 0, tokens_at = clock_timestamp()"],
    ])("is content with an endpoint %s", async (_, change) => {
      await queue.enqueue(await queue.endpoint());
      await grow(5);
      expect(await findingOf("webhook queue")).toMatchObject({ status: "bad" });
      await set(`endpoint_runs set ${change}`);
      expect(await findingOf("webhook queue")).toMatchObject({ status: "fine" });
    });

    test("counts deliveries whose worker is gone", async () => {
      await queue.enqueue(await queue.endpoint(), 2);
      await queue.claim();
      await grow(10);
      await set("endpoint_runs set last_served = clock_timestamp() - interval '10 minutes'");
      const dead = await findingOf("webhook queue");
      expect(dead).toMatchObject({
        status: "bad",
        summary: expect.stringMatching(/^2 deliveries held by a worker that is gone, .*: no process sends/),
        details: { lostLeases: 2 },
      });
      await set("endpoint_runs set last_served = clock_timestamp()");
      expect(await findingOf("webhook queue")).toMatchObject({
        status: "warning",
        fix: expect.stringContaining("loop.failed"),
      });
    });

    test("says that nobody makes deliveries of events", async () => {
      await queue.endpoint();
      await database.db.query("delete from tidings.subscriptions");
      expect(await findingOf("webhook queue")).toMatchObject({
        status: "warning",
        summary: expect.stringContaining("no process has ever made deliveries"),
      });
    });
  });

  describe("endpoints", () => {
    const disable = (id: string, reason: string, days: number) =>
      set(
        `endpoints set status = 'disabled', status_reason = '${reason}', status_at = clock_timestamp() - interval '${days} days' where id = '${id}'`,
      );
    const fail = (id: string, hours: number, breaker: string) =>
      set(
        `endpoint_runs set breaker = '${breaker}', failing_since = clock_timestamp() - interval '${hours} hours' where endpoint_id = '${id}'`,
      );

    test("counts those that fail, and names three of the worst", async () => {
      const disabled: string[] = [];
      for (let n = 0; n < 4; n++) disabled.push(await queue.endpoint());
      for (const [days, id] of disabled.entries()) await disable(id, "failing", days);
      const failing = await queue.endpoint();
      await fail(failing, 30, "open");
      await fail(await queue.endpoint(), 1, "half_open");
      for (let n = 0; n < 4; n++) await queue.endpoint();
      const finding = await findingOf("webhook endpoints");
      const named = [3, 2, 1].map((n) => ep(disabled[n]!)).join(", ");
      expect(finding).toMatchObject({
        status: "warning",
        summary: `Of 10 endpoints: 4 disabled by failure (${named}), 1 failing for over a day, 2 left alone by the breaker`,
        details: { disabledByFailure: 4, failingForADay: 1, breakersOpen: 2 },
      });
      expect(finding.fix).toContain(
        `await tidings.webhooks.endpoints.enable("${ep(disabled[3]!)}", { account: "acme" })`,
      );
      expect(finding.fix).toContain(
        `npx tidings webhooks recover ${ep(disabled[3]!)} --account acme --since 20`,
      );
    });

    test("is content with those that somebody disabled, and with those whose failure nobody can recover", async () => {
      await disable(await queue.endpoint(), "asked", 1);
      await disable(await queue.endpoint(), "failing", 15);
      expect(await findingOf("webhook endpoints")).toMatchObject({
        status: "fine",
        summary: "2 endpoints, none fails; 1 disabled for long",
      });
    });

    test("tells an account's name to a shell as one word", async () => {
      await fail(await queue.endpoint({ account: "it's; rm -rf ~" }), 30, "closed");
      expect((await findingOf("webhook endpoints")).fix).toMatch(/ --account 'it'\\''s; rm -rf ~'$/);
    });

    test("suspects the network when most of them fail at once", async () => {
      for (let n = 0; n < 3; n++) await fail(await queue.endpoint(), 1, "open");
      await queue.endpoint();
      expect(await findingOf("webhook endpoints")).toMatchObject({
        status: "warning",
        fix: expect.stringContaining("this network's way out"),
      });
    });
  });

  describe("payloads", () => {
    let events = 0;
    /** A message that an endpoint was sent, the newest of all. */
    async function sent(body: object, message: { format?: string; test?: boolean } = {}): Promise<void> {
      const [known] = await queue.rows<{ id: string }>("select id::text from tidings.endpoints");
      const endpoint = known?.id ?? (await insertEndpoint(database.db));
      const at = Date.now() + events++;
      const id = await insertMessage(database.db, { id: uuid7At(at), body: JSON.stringify(body) });
      await set(
        `messages set format = '${message.format ?? "standard"}', event_id = ${message.test ? "null" : "event_id"} where id = '${id}'`,
      );
      await insertDelivery(database.db, { endpoint, message: id, at, state: "delivered" });
    }
    const ref = (type: string, id: string) => ({ type, id, label: null });
    const ann = ref("user", "usr_x");
    const body = (cardId: string, refs: object = {}) => ({
      type: "card.moved",
      actor: ann,
      onBehalfOf: null,
      subject: ref("card", cardId),
      refs,
      data: { id: "42", type: "42" },
    });

    test("warns where receivers see integer keys, with what hides them", async () => {
      await sent(body("42", { from: ref("column", "7"), watchers: [ann, ref("user", "usr_y")], via: null }));
      expect(await findingOf("webhook payloads")).toMatchObject({
        status: "warning",
        summary: "Receivers see integers as keys of card, column in the last message",
        fix: 'Give it public keys: defineEntity("card", { publicId: (id) => … })',
        details: { messages: 1, integerKeys: ["card", "column"] },
      });
    });

    test("reads CloudEvents in both modes", async () => {
      await sent({ specversion: "1.0", data: body("42") }, { format: "cloudevents" });
      expect(await findingOf("webhook payloads")).toMatchObject({ status: "warning" });
      await sent({ specversion: "1.0", data: body("card_x") }, { format: "cloudevents" });
      expect(await findingOf("webhook payloads")).toMatchObject({ status: "fine" });
      await sent(body("42"), { format: "cloudevents-binary" });
      expect(await findingOf("webhook payloads")).toMatchObject({ status: "warning" });
    });

    test("is content with public keys, whatever was sent before there were any", async () => {
      await sent(body("42"));
      await sent(body("card_x"));
      expect(await findingOf("webhook payloads")).toMatchObject({
        status: "fine",
        summary: "No integers as keys in the last 2 messages",
      });
    });

    test("does not take examples for keys, nor Slack's sentences", async () => {
      await sent(body("1"), { test: true });
      await sent({ text: "Ann moved 42" }, { format: "slack" });
      expect(await findingOf("webhook payloads")).toMatchObject({
        status: "fine",
        summary: "Nothing was sent yet",
      });
    });
  });

  describe("jobs", () => {
    const insertJob = (endpoint: string, nextIn: string, kind = "recover") =>
      database.db.query(
        `insert into tidings.endpoint_jobs (account_id, id, endpoint_id, kind, since, until, per_second, next_at)
         values ('acme', $1::text::uuid, $2::text::uuid, $3, now() - interval '1 hour', now(), 50, now() + $4::text::interval)`,
        [randomUUID(), endpoint, kind, nextIn],
      );

    test("is content with those that go on", async () => {
      await insertJob(await queue.endpoint(), "1 second");
      expect(await findingOf("webhook jobs")).toMatchObject({ status: "fine", summary: "1 job under way" });
    });

    test("says that no process carries one on", async () => {
      const endpoint = await queue.endpoint();
      await insertJob(endpoint, "-5 minutes");
      await insertJob(endpoint, "-5 minutes", "backfill");
      expect(await findingOf("webhook jobs")).toMatchObject({
        status: "bad",
        summary: expect.stringMatching(
          /^2 jobs are due for over a minute: no process carries on with them \(job_\w+\)$/,
        ),
        fix: expect.stringContaining("await tidings.start()"),
      });
    });

    test("says why others wait, the worst first, and how to end them", async () => {
      const [sound, stopped, silent] = [
        await queue.endpoint(),
        await queue.endpoint(),
        await queue.endpoint(),
      ];
      await insertJob(sound, "25 seconds");
      await insertJob(stopped, "25 seconds");
      await set(`endpoints set status = 'disabled', status_reason = 'asked' where id = '${stopped}'`);
      await insertJob(silent, "1 second");
      await set(`endpoint_runs set breaker = 'open' where endpoint_id = '${silent}'`);
      expect(await findingOf("webhook jobs")).toMatchObject({
        status: "warning",
        summary: expect.stringMatching(
          /^1 job fails and is tried again every 30 s \(job_\w+\); 1 job waits for a disabled endpoint \(job_\w+\); 1 job waits for an endpoint that does not answer \(job_\w+\)$/,
        ),
        fix: expect.stringMatching(
          /loop\.failed .* await tidings\.webhooks\.jobs\.cancel\("job_\w+", \{ account: "acme" \}\)$/,
        ),
        details: { running: 3, left: 0, failed: 1, disabled: 1, unanswered: 1 },
      });
    });
  });

  describe("partitions", () => {
    beforeEach(async () => void (await queue.endpoint()));

    test("names a missing open partition and what opens it again", async () => {
      await database.db.query("drop table tidings.deliveries_tail");
      const finding = await findingOf("webhook partitions");
      expect(finding).toMatchObject({ status: "bad", summary: expect.stringContaining("deliveries_tail") });
      await database.db.query(finding.fix!.replace(/^.*: /, ""));
      expect(await findingOf("webhook partitions")).toMatchObject({ status: "fine" });
    });

    test("warns when rows lie beyond the prepared months", async () => {
      const id = await insertMessage(database.db, { id: uuid7At(Date.now() + 100 * DAY_MS) });
      expect(await findingOf("webhook partitions")).toMatchObject({
        status: "warning",
        details: { filled: [{ name: "messages_tail", rows: 1 }] },
      });
      await database.db.query("delete from tidings.messages where id = $1::text::uuid", [id]);
    });

    test("warns when the next month is not prepared, in the schema that is asked", async () => {
      const db = inSchema(database.db, "other_log");
      await migrate(db);
      await insertEndpoint(db);
      const about = async (on: Queryable) =>
        (await examineWebhooks({ ...db, query: on.query })).find(
          ({ check }) => check === "webhook partitions",
        );
      await db.transaction(async (tx) => {
        await tx.query("drop table tidings.attempts_tail");
        expect((await about(tx))?.fix).toContain("select \"other_log\".open_month_tail('attempts', '''");
        const [last] = await tx.query<{ name: string }>(
          "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'tidings.attempts'::regclass order by inhrelid::regclass::text desc limit 1",
        );
        await tx.query(`drop table ${last!.name}`);
        const reopened = (await about(tx))!.fix!.replace(/^.*: /, "");
        await tx.query(reopened);
        expect(await about(tx)).toMatchObject({ status: "warning", details: { late: ["attempts_tail"] } });
      });
    });
  });
});
