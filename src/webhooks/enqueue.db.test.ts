import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { insertEndpoint } from "../../test/support/webhookRows.ts";
import { enqueue, type WantedDelivery } from "./enqueue.ts";
import type { NewMessage } from "./message.ts";
import { readMessage } from "./readMessage.ts";

const message = (body: Buffer, account = "acme"): NewMessage => ({
  account,
  type: "card.moved",
  subject: "card:1",
  subjectLabel: "Fix the login",
  event: null,
  format: "cloudevents-binary",
  version: 3,
  contentType: "application/json",
  headers: { "ce-id": "1" },
  body,
});

describeOnDatabases("enqueue", (open) => {
  let database: TestDatabase;
  let endpoint: string;
  beforeAll(async () => {
    database = await open();
    endpoint = await insertEndpoint(database.db);
  }, 60_000);
  afterAll(() => database.drop());

  const put = (messages: readonly NewMessage[], wanted: readonly WantedDelivery[]) =>
    database.db.transaction((tx) => enqueue(tx, "send", messages, wanted));
  const to = (index: number, id = endpoint): WantedDelivery => ({ message: index, endpoint: id, key: null });
  const messageCount = async () =>
    (await database.db.query<{ n: number }>("select count(*)::int as n from tidings.messages"))[0]!.n;

  test("any bytes are kept as they are, with the headers of their format", async () => {
    const body = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
    const [made] = await put([message(body)], [to(0)]);
    expect(made).toMatchObject({ endpoint, state: "pending" });
    const stored = (await readMessage(database.db, "acme", made!.message))!;
    expect(stored.body.equals(body)).toBe(true);
    expect(stored).toMatchObject({ ...message(body), body: expect.anything(), event: null });
  });

  test("a message that exists is not written again: its delivery has its id and its bytes", async () => {
    const [first] = await put([message(Buffer.from("first"))], [to(0)]);
    const before = await messageCount();
    const again = { ...message(Buffer.from("other bytes")), id: first!.message };
    const [second] = await put([again], [to(0)]);
    expect(second!.message).toBe(first!.message);
    expect(second!.delivery).not.toBe(first!.delivery);
    expect(await messageCount()).toBe(before);
    expect((await readMessage(database.db, "acme", second!.message))!.body.toString()).toBe("first");
  });

  test("a message that nobody wants is not written, and the others keep their places", async () => {
    const before = await messageCount();
    const bodies = ["a", "b", "c"].map((text) => message(Buffer.from(text)));
    const made = await put(bodies, [to(2)]);
    expect(await messageCount()).toBe(before + 1);
    expect((await readMessage(database.db, "acme", made[0]!.message))!.body.toString()).toBe("c");
  });

  test("what is larger than one statement should be is written in parts of the same transaction", async () => {
    const before = await messageCount();
    const large = Array.from({ length: 12 }, (_, index) => message(Buffer.alloc(1024 * 1024, index)));
    const made = await put(
      large,
      large.map((_, index) => to(index)),
    );
    expect(made).toHaveLength(12);
    expect(await messageCount()).toBe(before + 12);
    const last = (await readMessage(database.db, "acme", made[11]!.message))!;
    expect(last.body.equals(large[11]!.body)).toBe(true);
  });

  test("messages of several accounts are written together, each for the endpoints of its own", async () => {
    const other = await insertEndpoint(database.db, { account: "other" });
    const made = await put(
      [message(Buffer.from("mine")), message(Buffer.from("theirs"), "other")],
      [to(0), to(0, other), to(1), to(1, other)],
    );
    expect(made.map((delivery) => delivery.endpoint)).toEqual([endpoint, other]);
    const [mine, theirs] = made.map((delivery) => delivery.message);
    expect((await readMessage(database.db, "acme", mine!))!.body.toString()).toBe("mine");
    expect((await readMessage(database.db, "other", theirs!))!.body.toString()).toBe("theirs");
    expect(await readMessage(database.db, "acme", theirs!)).toBeNull();
  });

  test("an endpoint that was deleted, or is another account's, gets nothing", async () => {
    const deleted = await insertEndpoint(database.db, { status: "deleted" });
    expect(await put([message(Buffer.from("a"))], [to(0, deleted)])).toEqual([]);
    expect(await put([message(Buffer.from("a"), "other")], [to(0)])).toEqual([]);
  });
});
