import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import {
  deliveryId,
  endpointId,
  insertDelivery,
  insertEndpoint,
  insertMessage,
} from "../../test/support/webhookRows.ts";
import { publicId } from "./publicId.ts";
import { createPull } from "./pull.ts";
import { sealSecret } from "./rotation.ts";
import { createSealing } from "./sealing.ts";
import { makeSecret } from "./secrets.ts";

const sealing = createSealing([createHash("sha256").update("a key").digest()]);

describeOnDatabases("pulling", (open) => {
  let database: TestDatabase;
  beforeAll(async () => (database = await open()));
  afterAll(() => database.drop());

  const pullIn = (account: string) =>
    createPull({ db: database.db, sealing, accountOf: (given) => given ?? account }).pull;

  /** An endpoint that pulls, with a secret of its own. */
  async function puller(account: string) {
    const uuid = await insertEndpoint(database.db, { account, delivery: "pull" });
    const secret = makeSecret("hmac");
    const sealed = sealSecret(secret, { sealing, account, endpoint: uuid, nowMs: Date.now() });
    await database.db.query(
      "update tidings.endpoints set secrets = $2::text::jsonb where account_id = $1 and id = $3::text::uuid",
      [account, JSON.stringify([sealed]), uuid],
    );
    return { uuid, id: endpointId(uuid), secret: secret.secret };
  }

  test("gives what would have been sent, in order and signed, and changes nothing", async () => {
    const account = "order";
    const pull = pullIn(account);
    const { uuid, id, secret } = await puller(account);
    expect(await pull(id)).toEqual({ messages: [], cursor: null, more: false });
    const start = Date.now() - 60_000;
    const messages: string[] = [];
    for (const [n, state] of (["held", "delivered", "pending", "expired", "failed"] as const).entries()) {
      const message = await insertMessage(database.db, { account, body: JSON.stringify({ n }) });
      await insertDelivery(database.db, { account, endpoint: uuid, state, message, at: start + n });
      if (state !== "expired") messages.push(publicId("message", message));
    }
    const first = await pull(id, { limit: 3 });
    expect(first.more).toBe(true);
    const second = await pull(id, { limit: 3, after: first.cursor! });
    expect(second.more).toBe(false);
    expect([...first.messages, ...second.messages].map((message) => message.id)).toEqual(messages);
    for (const { id: message, headers, body } of first.messages) {
      expect(headers["webhook-id"]).toBe(message);
      expect(headers["content-type"]).toBe("application/json");
      new Webhook(secret).verify(body, headers as Record<string, string>);
    }
    expect(await pull(id, { limit: 3, after: second.cursor! })).toEqual({
      messages: [],
      cursor: second.cursor,
      more: false,
    });
    expect((await pull(id, { limit: 3 })).messages.map((message) => message.id)).toEqual(
      messages.slice(0, 3),
    );
  });

  test("a page ends at 4 MiB, but holds one message at least", async () => {
    const account = "large";
    const { uuid, id } = await puller(account);
    const body = "x".repeat(1_500_000);
    for (let n = 0; n < 4; n++) {
      const message = await insertMessage(database.db, { account, body: n === 3 ? body.repeat(3) : body });
      await insertDelivery(database.db, {
        account,
        endpoint: uuid,
        state: "held",
        message,
        at: Date.now() - 60_000 + n,
      });
    }
    const pages: number[] = [];
    let after: string | undefined;
    for (let more = true; more;) {
      const page = await pullIn(account)(id, { after });
      pages.push(page.messages.length);
      ({ more } = page);
      after = page.cursor!;
    }
    expect(pages).toEqual([2, 1, 1]);
  });

  test("messages that retention dropped are passed over, and the cursor with them", async () => {
    const account = "gone";
    const { uuid, id } = await puller(account);
    const lost = await insertDelivery(database.db, { account, endpoint: uuid, state: "held" });
    await database.db.query("delete from tidings.messages where account_id = $1", [account]);
    expect(await pullIn(account)(id)).toEqual({ messages: [], cursor: deliveryId(lost), more: false });
  });

  test("an endpoint that is pushed to, or disabled, and a cursor that is none are refused", async () => {
    const account = "refused";
    const pull = pullIn(account);
    const { id } = await puller(account);
    const pushed = endpointId(await insertEndpoint(database.db, { account }));
    const disabled = endpointId(
      await insertEndpoint(database.db, { account, delivery: "pull", status: "disabled" }),
    );
    await expect(pull(pushed)).rejects.toMatchObject({ code: "DELIVERY_STATE" });
    await expect(pull(disabled)).rejects.toMatchObject({ code: "ENDPOINT_DISABLED" });
    await expect(pull(id, { after: "x" })).rejects.toMatchObject({ code: "INVALID_CURSOR" });
    await expect(pull(id, { limit: 201 })).rejects.toMatchObject({ code: "INVALID_FILTER" });
    await expect(pull("ep_x")).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
  });
});
