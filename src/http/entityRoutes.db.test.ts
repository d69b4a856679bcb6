import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ann, aMove, board, card, cardAdded } from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";

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

  test("nothing of another account is found or read, by name or by id", async () => {
    for (const q of ["", "card", "card:2", "2"])
      expect(await names(`/entities?q=${q}`)).not.toContain("card:2");
    const there = await api.get("/entities/card/2", reader);
    const nowhere = await api.get("/entities/card/404", reader);
    expect([there.status, nowhere.status]).toEqual([404, 404]);
    expect(await there.json()).toMatchObject({ code: "ENTITY_NOT_FOUND" });
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
