import type { z } from "@hono/zod-openapi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insertPastEvents } from "../../test/support/pastEvents.ts";
import { createTestPglite } from "../../test/support/testDatabase.ts";
import type { dayPageSchema } from "./dayRoutes.ts";
import type { eventStatsSchema } from "./statsRoutes.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";

let api: TestApi;
beforeAll(async () => {
  const database = await createTestPglite();
  api = await createTestApi({ database });
  await insertPastEvents(database.db, [
    { at: "2026-03-28T22:30:00Z", type: "card.added" },
    { at: "2026-03-28T23:30:00Z", type: "card.moved" },
    { at: "2026-04-02T12:00:00Z", type: "card.moved" },
    { at: "2026-04-03T12:00:00Z", type: "card.moved", audience: ["admins"] },
  ]);
});
afterAll(() => api.drop());

const asked = async <Body = unknown>(path: string, options = {}) => {
  const response = await api.get(path, options);
  expect(response.status).toBe(200);
  return (await response.json()) as Body;
};
type Days = z.infer<typeof dayPageSchema>;
type Stats = z.infer<typeof eventStatsSchema>;

test("days come in the reader's zone and in columns, with items ready to show", async () => {
  const page = await asked<Days>("/feed/days?timeZone=Europe/Berlin&limit=2");
  expect(page).toMatchObject({
    days: [
      { date: "2026-04-02", columns: { updated: { items: [{ type: "card.moved" }], hidden: 0 } } },
      { date: "2026-03-29", columns: { added: { items: [] }, done: { items: [], hidden: 0 } } },
    ],
    older: "2026-03-29",
    timeZone: "Europe/Berlin",
  });
  expect(page.days[0]!.columns.updated.items[0]!.occurredAt).toBe("2026-04-02T12:00:00.000Z");
  const older = await asked<Days>(`/feed/days?timeZone=Europe/Berlin&before=${page.older}`);
  expect(older.days.map(({ date }) => date)).toEqual(["2026-03-28"]);
  expect(older.older).toBeNull();
});

test("a page that did not change is not sent again", async () => {
  const tag = (await api.get("/feed/days?timeZone=UTC")).headers.get("etag")!;
  expect((await api.get("/feed/days?timeZone=UTC", { headers: { "if-none-match": tag } })).status).toBe(304);
});

test("facets count in the reader's zone what the reader may see", async () => {
  const facets = await asked("/feed/facets?timeZone=Europe/Berlin");
  expect(facets).toMatchObject({
    types: [
      { type: "card.moved", count: 2 },
      { type: "card.added", count: 1 },
    ],
    actors: [{ actor: { type: "user", id: "ann" }, count: 3 }],
    days: [
      { date: "2026-04-02", count: 1 },
      { date: "2026-03-29", count: 1 },
      { date: "2026-03-28", count: 1 },
    ],
    events: 3,
    complete: true,
  });
  expect(await asked("/feed/facets", { as: { audiences: ["admins"] } })).toMatchObject({ events: 4 });
});

test("figures by day and by hour, without a hole", async () => {
  const range = "since=2026-03-28T00:00:00Z&until=2026-04-04T00:00:00Z";
  const stats = await asked<Stats>(`/events/stats?by=lane&${range}`);
  expect(stats.buckets).toHaveLength(7);
  expect(stats.buckets[0]).toEqual({ at: "2026-03-28T00:00:00.000Z", counts: { domain: 2 } });
  expect(stats.buckets[6], "for admins").toEqual({ at: "2026-04-03T00:00:00.000Z", counts: {} });
  const everything = await asked<Stats>(`/events/stats?by=type&${range}`, { as: { role: "operator" } });
  expect(everything.buckets[6]!.counts).toEqual({ "card.moved": 1 });
  const { items } = await asked<{ items: object[] }>("/event-types/volume");
  expect(items).toContainEqual({ type: "card.moved", events: 0, capped: false });
});

test.each([
  ["/feed/days", "INVALID_REQUEST"],
  ["/feed/days?timeZone=Mars/Base", "INVALID_TIME_ZONE"],
  ["/feed/days?timeZone=UTC&before=soon", "INVALID_CURSOR"],
  ["/feed/days?timeZone=UTC&limit=8", "INVALID_REQUEST"],
  ["/feed/facets?timeZone=Mars/Base", "INVALID_TIME_ZONE"],
  ["/feed/facets?lanes=none", "INVALID_REQUEST"],
  ["/feed/facets?viewer=user:ben", "FORBIDDEN"],
  ["/events/stats?by=actor", "INVALID_REQUEST"],
  ["/events/stats?bucket=hour&since=2020-01-01", "INVALID_FILTER"],
])("%s is %s", async (path, code) => {
  expect(await (await api.get(path)).json()).toMatchObject({ code });
});
