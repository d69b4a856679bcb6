import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  aMove,
  ann,
  ben,
  card,
  pageViewed,
  page,
  syncFailed,
  board,
} from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { eventSchema } from "./eventRoutes.ts";
import { feedItemSchema } from "./feedSchema.ts";

const titles = new Map([["1", "One"]]);
const task = defineEntity("task", {
  load: async (ids) => ids.flatMap((id) => (titles.has(id) ? [{ id, label: titles.get(id) }] : [])),
});
const taskDone = defineEvent("task.done", { subject: task });

const cursors = { older: z.string().nullable(), newer: z.string().nullable() };
const feedPage = z.strictObject({
  items: z.array(feedItemSchema.strict()),
  ...cursors,
  position: z.number().int(),
  locale: z.string(),
  dir: z.enum(["ltr", "rtl"]),
});
const eventPage = z.strictObject({ items: z.array(eventSchema.strict()), ...cursors });

let api: TestApi;
beforeAll(async () => {
  const { events } = await import("../../test/support/boardEvents.ts");
  api = await createTestApi({ events: { ...events, taskDone } });
  const { tidings } = api;
  await tidings.run({ account: "acme", actor: ann }, async () => {
    await tidings.record(aMove(1), aMove(2), aMove("a/b,c:d"), {
      ...aMove(4),
      actor: ben,
      severity: "warning",
    });
    await tidings.record(pageViewed({ subject: page("home") }), syncFailed({ subject: board(1), data: {} }));
    await tidings.record(taskDone({ subject: task("1", "Written as") }));
  });
  await api.number();
});
afterAll(() => api.drop());

const feed = async (query: string) => feedPage.parse(await (await api.get(`/feed?${query}`)).json());
const subjects = async (query: string) => (await feed(query)).items.map(({ subject }) => subject.id);

describe("the feed", () => {
  test("shows what happened, newest first, as the description says", async () => {
    const { items, position } = await feed("");
    expect(items.map(({ text }) => text)).toEqual([
      "Ann done task One",
      "Ben moved Card 4 from To do to Done",
      "Ann moved Card a/b,c:d from To do to Done",
      "Ann moved Card 2 from To do to Done",
      "Ann moved Card 1 from To do to Done",
    ]);
    expect(items[4]).toMatchObject({
      url: "/cards/1",
      actionable: true,
      icon: "arrow-right",
      category: "card",
    });
    expect(position).toBe(7);
  });

  const filters: [string, string[]][] = [
    ["types=card.*", ["4", "a/b,c:d", "2", "1"]],
    ["types=task.done,card_moved", ["1", "4", "a/b,c:d", "2", "1"]],
    ["types=task.done&types=card.moved", ["1", "4", "a/b,c:d", "2", "1"]],
    ["categories=task", ["1"]],
    ["actors=user:ben", ["4"]],
    ["of=card:1,card:2", ["2", "1"]],
    ["of=card:1&of=card:2", ["2", "1"]],
    ["of=card:a/b,c:d", []],
    ["of=column:done&severities=warning", ["4"]],
    ["subjects=card:2", ["2"]],
    ["subjectTypes=task", ["1"]],
    ["lanes=client,system", ["1", "home"]],
    ["severities=warning,error", ["4"]],
    ["until=2020-01-01", []],
    ["since=2020-01-01T00:00:00Z&types=task.done", ["1"]],
    ["limit=2", ["1", "4"]],
  ];
  test.each(filters)("filters by %s", async (query, expected) => {
    expect(await subjects(query)).toEqual(expected);
  });

  test("pages in both directions", async () => {
    const first = await feed("limit=2");
    const second = await feed(`limit=2&before=${first.older}`);
    expect(second.items.map(({ subject }) => subject.id)).toEqual(["a/b,c:d", "2"]);
    const back = await feed(`limit=2&after=${second.newer}`);
    expect(back.items).toEqual(first.items);
  });

  const wrong: [string, number, object][] = [
    ["type=card.moved", 400, { code: "INVALID_REQUEST", detail: 'unknown name "type"', path: ["type"] }],
    ["account=other", 400, { code: "INVALID_REQUEST", path: ["account"] }],
    ["limit=0", 400, { code: "INVALID_REQUEST", path: ["limit"] }],
    ["limit=201", 400, { code: "INVALID_REQUEST", path: ["limit"] }],
    ["limit=1000", 400, { code: "INVALID_REQUEST", path: ["limit"] }],
    ["limit=many", 400, { code: "INVALID_REQUEST", path: ["limit"] }],
    ["limit=1&limit=2", 400, { code: "INVALID_REQUEST", path: ["limit"] }],
    ["lanes=fast", 400, { code: "INVALID_REQUEST", path: ["lanes", 0] }],
    ["of=card", 400, { code: "INVALID_FILTER", path: ["of"] }],
    ["types=", 400, { code: "INVALID_FILTER", path: ["types"] }],
    ["since=yesterday", 400, { code: "INVALID_REQUEST", path: ["since"] }],
    ["since=2026-02-01&until=2026-01-01", 400, { code: "INVALID_FILTER", path: ["since"] }],
    ["before=x", 400, { code: "INVALID_CURSOR" }],
    [`types=${Array.from({ length: 51 }, (_, i) => `a.b${i}`).join(",")}`, 400, { code: "INVALID_FILTER" }],
  ];
  test.each(wrong)("refuses %s and says what is wrong", async (query, status, expected) => {
    for (const path of ["/feed", "/events"]) {
      const response = await api.get(`${path}?${query}`);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject(expected);
    }
  });
});

describe("a timeline", () => {
  const timeline = async (path: string) => feedPage.parse(await (await api.get(`/timeline/${path}`)).json());

  test("shows one entity's events, whatever characters its id has", async () => {
    expect((await timeline("card/1")).items).toHaveLength(1);
    expect((await timeline("column/done")).items).toHaveLength(4);
    expect((await timeline(`card/${encodeURIComponent("a/b,c:d")}`)).items).toHaveLength(1);
    expect((await timeline("card/unheard-of")).items).toEqual([]);
  });

  test("shows every lane unless told otherwise", async () => {
    expect((await timeline("page/home")).items).toHaveLength(1);
    expect((await timeline("page/home?lanes=domain")).items).toEqual([]);
  });

  test("of an entity that no path can hold is asked for by the query", async () => {
    await api.tidings.run({ account: "dots", actor: ann }, () => api.tidings.record(aMove("."), aMove("..")));
    const as = { account: "dots" };
    for (const id of [".", ".."]) {
      const query = `of=card:${id}&lanes=domain,client,change,system`;
      const page = feedPage.parse(await (await api.get(`/feed?${query}`, { as })).json());
      const timeline = await api.tidings.timeline({ type: "card", id }, { account: "dots" });
      expect(page.items.map(({ subject }) => subject.id)).toEqual([id]);
      expect(page.items.map((item) => item.id)).toEqual(timeline.items.map((item) => item.id));
    }
  });

  test("takes no second entity", async () => {
    expect((await api.get("/timeline/card/1?of=card:2")).status).toBe(400);
  });
});

describe("events", () => {
  test("are listed as they were recorded, as the description says", async () => {
    const response = await api.get("/events?of=card:1");
    const { items } = eventPage.parse(await response.json());
    expect(items).toMatchObject([{ account: "acme", subject: card(1, "Card 1"), data: { position: 1 } }]);
  });

  test("are counted by the same filter", async () => {
    const count = async (query: string) =>
      (await (await api.get(`/events/count?${query}`)).json()) as unknown;
    expect(await count("types=card.*")).toEqual({ count: 4 });
    expect(await count("of=card:1,card:2&actors=user:ann")).toEqual({ count: 2 });
    expect((await api.get("/events/count?limit=1")).status).toBe(400);
  });

  test("can be read one by one, in every lane", async () => {
    const { items } = eventPage.parse(await (await api.get("/events?lanes=domain,client,system")).json());
    expect(items).toHaveLength(7);
    for (const event of items) expect(await (await api.get(`/events/${event.id}`)).json()).toEqual(event);
  });

  test.each(["00000000-0000-7000-8000-000000000000", "nonsense", "x".repeat(500)])(
    "that do not exist are 404: %s",
    async (id) => {
      const response = await api.get(`/events/${id}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "EVENT_NOT_FOUND" });
    },
  );
});

describe("an ETag", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-01T23:00:00Z") }));
  afterEach(() => void vi.useRealTimers());

  const ask = (path: string, etag: string | null) =>
    api.get(path, { headers: { "if-none-match": etag ?? "" } });

  test.each(["/feed", "/timeline/card/1", "/events", "/events?types=card.*&limit=1"])(
    "saves sending %s again while it is the same",
    async (path) => {
      const first = await api.get(path);
      const etag = first.headers.get("etag")!;
      expect(etag).toMatch(/^W\/"/);
      for (const known of [etag, `"other", ${etag}`, etag.slice(2), "*"]) {
        const again = await ask(path, known);
        expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
        expect(again.headers.get("vary")).toMatch(/Cookie, Authorization$/);
      }
      expect((await ask(path, '"other"')).status).toBe(200);
    },
  );

  test("survives what happens elsewhere, also in other accounts", async () => {
    const etag = (await api.get("/timeline/card/2")).headers.get("etag");
    await api.tidings.record(
      { ...aMove(77), account: "other", actor: ann },
      { ...aMove(78), account: "acme", actor: ann },
    );
    await api.number();
    expect((await ask("/timeline/card/2", etag)).status).toBe(304);
  });

  test("ends with the day, so that the position of a kept page does not grow older than retention", async () => {
    const etag = (await api.get("/feed")).headers.get("etag");
    vi.setSystemTime(new Date("2026-03-01T23:59:59Z"));
    expect((await ask("/feed", etag)).status).toBe(304);
    vi.setSystemTime(new Date("2026-03-02T00:00:00Z"));
    expect((await ask("/feed", etag)).status).toBe(200);
  });

  test("ends with a new event", async () => {
    const etag = (await api.get("/timeline/card/2")).headers.get("etag");
    await api.tidings.record({ ...aMove(2), account: "acme", actor: ann });
    expect((await ask("/timeline/card/2", etag)).status).toBe(200);
  });

  test("ends with a new title, which no event tells of, and with the deletion", async () => {
    const before = await api.get("/timeline/task/1");
    titles.set("1", "Uno");
    const renamed = await ask("/timeline/task/1", before.headers.get("etag"));
    expect(await renamed.json()).toMatchObject({ items: [{ subject: { label: "Uno", deleted: false } }] });
    titles.delete("1");
    const deleted = await ask("/timeline/task/1", renamed.headers.get("etag"));
    expect(await deleted.json()).toMatchObject({ items: [{ subject: { deleted: true } }] });
  });
});
