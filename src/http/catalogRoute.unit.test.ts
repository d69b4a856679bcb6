import { expect, test } from "vitest";
import { authorizationOf, identityIn } from "../../test/support/testApi.ts";
import { events } from "../../test/support/webhookEvents.ts";
import type { Database } from "../db/database.ts";
import { createTidings } from "../tidings.ts";

const unused = () => Promise.reject(new Error("the catalog needs no database"));
const db = { driver: "none", query: unused, transaction: unused } as unknown as Database;
const webhooks = { secretKey: Buffer.alloc(32, 7).toString("base64"), source: "/" };
const { handler, webhooks: room } = createTidings({ db, events, webhooks, http: { authorize: identityIn } });

const ask = (headers: Record<string, string>) =>
  handler(new Request("https://app.example.com/catalog", { headers }));
const reader = { authorization: authorizationOf({ role: "reader" }) };

test("the catalog holds every type, also what no webhook sends, with sentence, roles and shapes", async () => {
  const { items } = (await (await ask(reader)).json()) as { items: { type: string }[] };
  const of = (type: string) => items.find((each) => each.type === type);
  expect(of("invoice.sent")).toMatchObject({
    category: "invoice",
    lane: "domain",
    aliases: ["invoice_mailed"],
    description: "An invoice went out.",
    subject: { kinds: ["invoice"] },
    roles: [
      { name: "to", kinds: ["member"], holds: "one" },
      { name: "copies", holds: "many" },
      { name: "via", holds: "optional" },
      { name: "by", kinds: ["member", "team"] },
    ],
    sentence: expect.stringContaining("12.5"),
    jsonSchema: { type: "object" },
    example: { amount: 12.5 },
  });
  expect(of("invoice.paid")).toMatchObject({ webhook: [{ version: 1 }, { version: 3 }] });
  expect(of("invoice.noted")).toMatchObject({ webhook: [] });
});

test("a client that has the catalog already is told that it still holds", async () => {
  const etag = (await ask(reader)).headers.get("etag")!;
  expect((await ask({ ...reader, "if-none-match": etag })).status).toBe(304);
});

test("customers in the portal do not see types that are never sent to them", async () => {
  const token = room.portalToken({ account: "acme", role: "read" });
  expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(403);
  expect((await ask({})).status).toBe(401);
});
