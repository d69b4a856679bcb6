import type { z } from "@hono/zod-openapi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import type { savedFilterSchema } from "./savedFilterRoutes.ts";

type Saved = z.infer<typeof savedFilterSchema>;

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.drop());

const ann = { as: { role: "reader" } } as const;
const ben = { as: { role: "reader", actor: { type: "user", id: "ben", label: "Ben" } } } as const;
const filter = { of: ["board:1"], types: ["card.*"], since: "2026-03-01T00:00:00.000Z" };

test("a reader keeps filters, changes them and lets others use them", async () => {
  const created = await api.post("/feed/filters", { name: "Roadmap", filter }, ann);
  expect(created.status).toBe(201);
  const saved = (await created.json()) as Saved;
  expect(saved).toMatchObject({ name: "Roadmap", owner: "user:ann", own: true, shared: false });
  expect(saved.filter).toEqual(filter);
  expect(await (await api.get("/feed/filters", ann)).json()).toEqual({ items: [saved] });
  expect(await (await api.get("/feed/filters", ben)).json()).toEqual({ items: [] });

  const shared = await api.post(`/feed/filters/${saved.id}`, { shared: true }, { ...ann, method: "PATCH" });
  expect(await shared.json()).toMatchObject({ name: "Roadmap", shared: true, filter });
  const { items } = (await (await api.get("/feed/filters", ben)).json()) as { items: Saved[] };
  expect(items).toMatchObject([{ id: saved.id, own: false }]);

  const byBen = await api.post(`/feed/filters/${saved.id}`, { name: "mine" }, { ...ben, method: "PATCH" });
  expect(byBen.status).toBe(404);
  expect(await byBen.json()).toMatchObject({ code: "SAVED_FILTER_NOT_FOUND" });
  expect((await api.get(`/feed/filters/${saved.id}`, { ...ben, method: "DELETE" })).status).toBe(404);
  expect((await api.get(`/feed/filters/${saved.id}`, { ...ann, method: "DELETE" })).status).toBe(204);
  expect(await (await api.get("/feed/filters", ann)).json()).toEqual({ items: [] });
});

test.each([
  [{ filter }, "INVALID_REQUEST"],
  [{ name: "x", filter, owner: "user:ben" }, "INVALID_REQUEST"],
  [{ name: "x", filter: { account: "other" } }, "INVALID_REQUEST"],
  [{ name: "x", filter: { types: [] } }, "INVALID_REQUEST"],
  [{ name: "x", filter: { actors: ["nobody"] } }, "INVALID_FILTER"],
])("%j is refused as %s", async (body, code) => {
  const response = await api.post("/feed/filters", body, ann);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code });
});

test("another site's page cannot keep a filter", async () => {
  const headers = { "sec-fetch-site": "cross-site" };
  expect((await api.post("/feed/filters", { name: "x", filter }, { ...ann, headers })).status).toBe(403);
});
