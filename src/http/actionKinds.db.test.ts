import { afterAll, beforeAll, expect, test } from "vitest";
import { ann, card, events } from "../../test/support/boardEvents.ts";
import { createTestPglite, type TestDatabase } from "../../test/support/testDatabase.ts";
import { defineAction } from "../replay/defineAction.ts";
import { createTidings, type Tidings } from "../tidings.ts";

const sortCard = defineAction("card.sort", {
  kind: "update",
  subject: () => card("1"),
  run: () => undefined,
});
const dropCard = defineAction("card.drop", {
  kind: "destroy",
  subject: () => card("1"),
  run: () => undefined,
});

let database: TestDatabase;
let tidings: Tidings;
beforeAll(async () => {
  database = await createTestPglite();
  tidings = createTidings({
    db: database.db,
    events,
    actions: { sortCard, dropCard },
    account: "acme",
    http: { authorize: () => ({ account: "acme", actor: ann, role: "service" }) },
  });
  await tidings.perform(sortCard, {}, { actor: ann });
  await tidings.perform(dropCard, {}, { actor: ann });
});
afterAll(() => database.drop());

async function ask(path: string, body?: object): Promise<[number, { items: object[]; code?: string }]> {
  const response = await tidings.handler(
    new Request(`https://app.example.com${path}`, {
      ...(body && {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    }),
  );
  return [response.status, (await response.json()) as { items: object[]; code?: string }];
}

test("actions are found over HTTP by what they do, and say it", async () => {
  expect((await ask("/events?lanes=system&kinds=destroy"))[1].items).toMatchObject([
    { type: "card.drop", kind: "destroy" },
  ]);
  expect((await ask("/events?lanes=system&kinds=update,destroy"))[1].items).toHaveLength(2);
  expect((await ask("/feed?lanes=system&kinds=update"))[1].items).toMatchObject([{ type: "card.sort" }]);
  expect((await ask("/events/count?lanes=system&kinds=create"))[1]).toEqual({ count: 0 });
  expect((await ask("/events?kinds=insert"))[0]).toBe(400);
});

test("an action cannot be recorded over HTTP as if it had run", async () => {
  const draft = { type: "card.sort", subject: { type: "card", id: "1" }, data: { input: {} } };
  const [status, problem] = await ask("/events", draft);
  expect([status, problem.code]).toEqual([422, "ACTION_NOT_RECORDABLE"]);
});

test("the catalog tells actions from events", async () => {
  const { items } = (await ask("/catalog"))[1] as { items: { type: string; kind: string | null }[] };
  const kinds = Object.fromEntries(items.map(({ type, kind }) => [type, kind]));
  expect(kinds).toMatchObject({ "card.sort": "update", "card.drop": "destroy", "card.moved": null });
});
