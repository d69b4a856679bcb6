import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, card } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { aMoveAsJson, createTestApi, type TestApi } from "../../test/support/testApi.ts";

const SECRET = "of B alone";

describeOnDatabases("accounts over HTTP", (open) => {
  let api: TestApi;
  let foreignId: string;
  const a = { as: { account: "a" } };
  const aWriter = { as: { account: "a", role: "writer" } } as const;

  beforeAll(async () => {
    api = await createTestApi({ database: await open() });
    const draft = { ...aMove(1), metadata: { note: SECRET }, idempotencyKey: "key", actor: ann };
    await api.tidings.record({ ...draft, account: "b" });
    foreignId = (await api.tidings.events.latest(card(1), { account: "b" }))!.id;
    await api.tidings.record({ ...aMove(2), account: "b", actor: ann });
    await api.number();
  });
  afterAll(() => api.drop());

  // What A may ask, by every filter that fits B's events. Each must answer as if B did not exist.
  const filters = [
    "",
    "of=card:1",
    "types=card.*",
    "actors=user:ann",
    "subjects=card:1",
    "subjectTypes=card",
  ];

  test.each(["/feed", "/events", "/timeline/card/1", "/timeline/user/ann"])(
    "%s shows nothing",
    async (path) => {
      for (const filter of path.startsWith("/timeline") ? [""] : filters) {
        const response = await api.get(`${path}?${filter}`, a);
        expect(response.status).toBe(200);
        expect(await response.json()).toMatchObject({ items: [], older: null, newer: null });
      }
    },
  );

  test("nothing is unread, makes a facet, a day or a figure", async () => {
    await api.post("/feed/marks/account", { read: 0 }, { ...a, method: "PUT" });
    for (const filter of filters) {
      const asked = async (path: string) => (await api.get(`${path}&${filter}`, a)).json();
      expect(await asked("/feed/unread?feed=account")).toEqual({
        begun: true,
        unread: 0,
        unseen: 0,
        capped: false,
      });
      expect(await asked("/feed/facets?timeZone=UTC")).toMatchObject({
        types: [],
        actors: [],
        days: [],
        events: 0,
      });
      expect(await asked("/feed/days?timeZone=UTC")).toMatchObject({ days: [], older: null });
    }
    const { buckets } = (await (await api.get("/events/stats?by=lane", a)).json()) as {
      buckets: { counts: object }[];
    };
    expect(buckets.filter(({ counts }) => Object.keys(counts).length > 0)).toEqual([]);
    const { items } = (await (await api.get("/event-types/volume", a)).json()) as {
      items: { events: number }[];
    };
    expect(items.filter(({ events }) => events > 0)).toEqual([]);
  });

  test("another account's marks and filters are neither seen nor moved", async () => {
    await api.tidings.marks.read({ account: "b", reader: ann, position: 1 });
    await api.tidings.savedFilters.create({
      account: "b",
      owner: ann,
      name: SECRET,
      filter: {},
      shared: true,
    });
    const { id } = (await api.tidings.savedFilters.list({ account: "b", owner: ann }))[0]!;
    expect(await (await api.get("/feed/marks/account", a)).json()).toMatchObject({ seen: 0, read: 0 });
    const given = { read: 0, items: [foreignId] };
    const moved = await api.post("/feed/marks/account", given, { ...a, method: "PUT" });
    expect(await moved.json()).toMatchObject({ seen: 0, read: 0 });
    expect(await (await api.get("/feed/filters", a)).json()).toEqual({ items: [] });
    for (const [method, body] of [
      ["PATCH", { shared: false }],
      ["DELETE", {}],
    ] as const) {
      const answer = async (which: string) => {
        const response = await api.post(`/feed/filters/${which}`, body, { ...a, method });
        return [response.status, (await response.text()).replaceAll(which, "ID")];
      };
      expect(await answer(id)).toEqual(await answer(id.replace(/^../, "00")));
      expect((await answer(id))[0]).toBe(404);
    }
    expect(await api.tidings.savedFilters.list({ account: "b", owner: ann })).toMatchObject([
      { shared: true },
    ]);
  });

  test("a cursor taken from another account's page opens nothing", async () => {
    for (const side of ["before", "after"]) {
      for (const path of ["/feed", "/events"]) {
        const response = await api.get(`${path}?${side}=${foreignId}`, a);
        expect(await response.json()).toMatchObject({ items: [] });
      }
    }
  });

  test("nothing is counted", async () => {
    for (const filter of filters) {
      expect(await (await api.get(`/events/count?${filter}`, a)).json()).toEqual({ count: 0 });
    }
  });

  test("an event of another account and one that never was are answered alike, byte for byte", async () => {
    const answer = async (id: string) => {
      const response = await api.get(`/events/${id}`, a);
      const headers = [...response.headers].sort();
      return [response.status, headers, (await response.text()).replaceAll(id, "ID")];
    };
    expect(await answer(foreignId)).toEqual(await answer(foreignId.replace(/^../, "00")));
    expect((await answer(foreignId))[0]).toBe(404);
  });

  test("naming another account's event as the cause is answered as naming none that exists", async () => {
    const answer = async (causedBy: string) => {
      const response = await api.post("/events", { ...aMoveAsJson(), causedBy }, aWriter);
      return [response.status, await response.text()];
    };
    expect(await answer(foreignId)).toEqual(await answer(foreignId.replace(/^../, "00")));
  });

  test("another account's idempotency key is free", async () => {
    const response = await api.post(
      "/events",
      { ...aMoveAsJson(3), idempotencyKey: "key" },
      {
        as: { account: "c", role: "writer" },
      },
    );
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ account: "c", subject: { id: "3" } });
  });

  test("no role can record or read for another account", async () => {
    for (const role of ["writer", "service", "operator"] as const) {
      const as = { account: "a", role };
      const response = await api.post("/events", { ...aMoveAsJson(), account: "b" }, { as });
      expect(response.status).toBe(400);
      for (const path of ["/feed", "/events", "/events/count", "/live"]) {
        expect((await api.get(`${path}?account=b`, { as })).status).toBe(400);
      }
    }
    expect(await api.tidings.events.count({ account: "b" })).toBe(2);
  });

  test("a live stream from the beginning of the log carries nothing", async () => {
    const response = await api.get("/live?after=0", a);
    await api.tidings.start();
    await api.tidings.record(
      { ...aMove(10), account: "b", actor: ann },
      { ...aMove(11), account: "a", actor: ann },
    );
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes('"card:')) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
      if (text.includes("event: event")) break;
    }
    await api.tidings.stop();
    expect(text.match(/event: event/g)).toHaveLength(1);
    expect(text).toContain("Card 11");
    expect(text).not.toContain("Card 1 ");
    expect(text).not.toContain(SECRET);
  });

  test("health tells a reader nothing but a word", async () => {
    expect(await (await api.get("/health", a)).json()).toEqual({ status: "ok" });
  });
});
