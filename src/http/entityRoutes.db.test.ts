import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ann, aMove, board, card, cardAdded } from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import type { FeedPage } from "../feed/feed.ts";

describe("entities over HTTP", () => {
  let api: TestApi;
  const operator = { as: { account: "a", role: "operator" } } as const;
  const reader = { as: { account: "a" } };
  const names = async (path: string, options: object = reader) => {
    const response = await api.get(path, options);
    expect(response.status).toBe(200);
    const { items } = (await response.json()) as { items: { entity: { type: string; id: string } }[] };
    return items.map(({ entity }) => `${entity.type}:${entity.id}`);
  };

  beforeAll(async () => {
    api = await createTestApi();
    const launch = board("launch", "Launch week");
    const secret = cardAdded({ subject: card(7, "Secret plan"), refs: { board: launch } });
    await api.tidings.run({ account: "a", actor: ann }, () =>
      api.tidings.record(aMove(1), { ...secret, audience: ["admins"] }),
    );
    await api.tidings.run({ account: "b", actor: ann }, () => api.tidings.record(aMove(2)));
  });
  afterAll(() => api.drop());

  test("a search gives entities with their names and when something last happened to them", async () => {
    const response = await api.get("/entities?q=Card+1&types=card&limit=5", reader);
    expect(await response.json()).toEqual({
      items: [
        {
          entity: { type: "card", id: "1", label: "Card 1", url: "/cards/1", deleted: false },
          lastAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        },
      ],
      complete: true,
    });
  });

  test.each([
    ["limit=0", "limit: must be a whole number from 1 to 50", ["limit"]],
    ["limit=51", "limit: must be a whole number from 1 to 50", ["limit"]],
    ["limit=100", "limit: must be a whole number from 1 to 50", ["limit"]],
    ["viewer=ann", 'viewer "ann" must be "type:id"', ["viewer"]],
    ["audiences=admins", "audiences belong to a viewer", ["audiences"]],
  ])("%s is refused with the name of the parameter", async (query, detail, path) => {
    const response = await api.get(`/entities?${query}`, operator);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "INVALID_REQUEST", detail, path });
  });

  test("nothing of another account is found or read, by name or by id", async () => {
    for (const q of ["", "card", "card:2", "2"])
      expect(await names(`/entities?q=${q}`)).not.toContain("card:2");
    const there = await api.get("/entities/card/2", reader);
    const nowhere = await api.get("/entities/card/404", reader);
    expect([there.status, nowhere.status]).toEqual([404, 404]);
    expect(await there.json()).toMatchObject({ code: "ENTITY_NOT_FOUND" });
  });

  test("an id that a path cannot hold is written with a ~: `.` and `..` are folded away by whoever asks", async () => {
    await api.tidings.run({ account: "a", actor: ann }, () =>
      api.tidings.record(aMove("."), aMove(".."), aMove(".."), aMove("~..")),
    );
    for (const [id, written, events] of [
      [".", "~.", 1],
      ["..", "~..", 2],
      ["..", "%7E..", 2],
      ["~..", "~~..", 1],
    ] as const) {
      const overview = await api.get(`/entities/card/${written}`, reader);
      expect(await overview.json(), written).toMatchObject({ entity: { id }, events });
      const timeline = (await (await api.get(`/timeline/card/${written}`, reader)).json()) as FeedPage;
      expect(
        timeline.items.map(({ subject }) => subject.id),
        written,
      ).toEqual(Array.from({ length: events }, () => id));
      const state = await api.get(`/entities/card/${written}/state/moments`, reader);
      expect(await state.json(), written).toMatchObject({ defined: false });
    }
  });

  test("a reader finds what it may see; an operator everything, or what somebody else may see", async () => {
    expect(await names("/entities?q=secret")).toEqual([]);
    expect(await names("/entities?q=secret", { as: { account: "a", audiences: ["admins"] } })).toEqual([
      "card:7",
    ]);
    expect(await names("/entities?q=secret", operator)).toEqual(["card:7"]);
    expect(await names("/entities?q=secret&viewer=user:ann", operator)).toEqual([]);
    expect((await api.get("/entities/card/7", reader)).status).toBe(404);
    expect((await api.get("/entities/card/7", operator)).status).toBe(200);
    expect((await api.get("/entities?viewer=user:ann", reader)).status).toBe(403);
  });

  test("an overview is answered with a tag, and not sent again to who has it", async () => {
    const response = await api.get("/entities/card/1?timeZone=Europe/Berlin", reader);
    expect(await response.json()).toMatchObject({
      entity: { label: "Card 1" },
      events: 1,
      complete: true,
      people: [{ actor: { type: "user", id: "ann", label: "Ann" }, count: 1 }],
      weeks: [{ count: 1 }],
    });
    const headers = { "if-none-match": response.headers.get("etag")! };
    const again = await api.get("/entities/card/1?timeZone=Europe/Berlin", { ...reader, headers });
    expect(again.status).toBe(304);
  });

  test("a time zone that is none is refused", async () => {
    const response = await api.get("/entities/card/1?timeZone=Middle/Earth", reader);
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: "INVALID_TIME_ZONE" }),
    ]);
  });

  test("who asks is told what the app said, and nobody is told nothing", async () => {
    const response = await api.get("/identity", operator);
    expect(await response.json()).toEqual({
      account: "a",
      actor: { type: "user", id: "ann", label: "Ann" },
      role: "operator",
    });
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect((await api.get("/identity", { as: null })).status).toBe(401);
  });
});
