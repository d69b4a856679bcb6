import type { z } from "@hono/zod-openapi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, ben } from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import type { feedPageSchema } from "./feedSchema.ts";

let api: TestApi;
/** The position of each of five moves by Ben; Ann asks. */
let moves: { id: string; position: number }[];
beforeAll(async () => {
  api = await createTestApi();
  await api.tidings.record(...[1, 2, 3, 4, 5].map((id) => ({ ...aMove(id), account: "acme", actor: ben })));
  await api.tidings.record({ ...aMove(6), account: "acme", actor: ben, audience: ["admins"] });
  await api.number();
  moves = [...(await api.tidings.events.read({ account: "acme", viewer: ann })).events];
});
afterAll(() => api.drop());

const reader = { as: { role: "reader" } } as const;
const put = (feed: string, body: unknown, options = {}) =>
  api.post(`/feed/marks/${feed}`, body, { ...reader, method: "PUT", ...options });
const json = async <Body = unknown>(response: Promise<Response>) => {
  const answered = await response;
  expect(answered.status).toBe(200);
  return (await answered.json()) as Body;
};
type Page = z.infer<typeof feedPageSchema>;

test("a reader moves their own marks, and counts what is left", async () => {
  expect(await json(api.get("/feed/marks/account"))).toEqual({
    feed: "account",
    seen: 0,
    read: 0,
    updatedAt: null,
  });
  expect(await json(api.get("/feed/unread"))).toEqual({ begun: false, unread: 0, unseen: 0, capped: false });
  await json(put("account", { read: 0 }));
  expect(await json(api.get("/feed/unread"))).toEqual({ begun: true, unread: 5, unseen: 5, capped: false });
  const moved = await json<{ updatedAt: string }>(
    put("account", { seen: moves[4]!.position, read: moves[1]!.position }),
  );
  expect(moved).toMatchObject({ seen: moves[4]!.position, read: moves[1]!.position });
  expect(Date.parse(moved.updatedAt)).toBeGreaterThan(0);
  await json(put("account", { items: [moves[3]!.id] }));
  expect(await json(api.get("/feed/unread?feed=account"))).toEqual({
    begun: true,
    unread: 2,
    unseen: 0,
    capped: false,
  });
  expect(await json(api.get("/feed/unread?of=card:3"))).toMatchObject({ unread: 1 });
  await json(put("another", { read: 0 }));
  expect(await json(api.get("/feed/unread?feed=another"))).toMatchObject({ unread: 5 });
});

test("who begins has nothing unread, also with a line in the same request, and who has begun stays where they are", async () => {
  const end = moves[4]!.position + 1;
  expect(await json(put("begun", { begin: true }))).toMatchObject({ seen: end, read: end });
  expect(await json(api.get("/feed/unread?feed=begun"))).toMatchObject({ begun: true, unread: 0 });
  await json(put("looked", { items: [moves[4]!.id], read: moves[2]!.position, begin: true }));
  expect(await json(api.get("/feed/unread?feed=looked"))).toMatchObject({ unread: 1 });
  expect(await json(api.get("/feed/marks/looked"))).toMatchObject({ read: moves[2]!.position });
});

test("marks are always those of the one who asks, whoever they look as", async () => {
  const operator = { as: { role: "operator", actor: { type: "user", id: "olga", label: null } } } as const;
  await json(put("account", { read: 0 }, operator));
  expect(await json(api.get("/feed/unread", operator))).toMatchObject({ unread: 6 });
  expect(await json(api.get("/feed/unread?viewer=user:ann", operator))).toMatchObject({ unread: 5 });
  await json(put("olgas", { read: moves[4]!.position }, operator));
  expect(await json(api.get("/feed/marks/olgas"))).toMatchObject({ read: 0 });
  for (const path of ["/feed/unread?reader=user:ben", "/feed/marks/account?reader=user:ben"]) {
    expect((await api.get(path)).status).toBe(400);
  }
});

test("what the reader may not see is not counted", async () => {
  await json(put("fresh", { read: 0 }));
  expect(await json(api.get("/feed/unread?feed=fresh"))).toMatchObject({ unread: 5 });
  const admin = { as: { audiences: ["admins"] } };
  expect(await json(api.get("/feed/unread?feed=fresh", admin))).toMatchObject({ unread: 6 });
});

test("a page says of each item whether it is unread, and where the reader was", async () => {
  await json(put("page", { read: 0 }));
  await json(put("page", { seen: moves[2]!.position }));
  await json(put("page", { items: [moves[0]!.id] }));
  const page = await json<Page>(api.get("/feed?marks=page"));
  expect(page.mark).toMatchObject({ feed: "page", seen: moves[2]!.position, read: moves[0]!.position });
  expect(page.items.map(({ unread, unseen }) => [unread, unseen])).toEqual([
    [true, true],
    [true, true],
    [true, false],
    [true, false],
    [false, false],
  ]);
  const timeline = await json<Page>(api.get("/timeline/card/1?marks=page"));
  expect(timeline.items).toMatchObject([{ unread: false }]);
  const plain = await json<Page>(api.get("/feed"));
  expect(plain.items[0]).not.toHaveProperty("unread");
  expect(plain).not.toHaveProperty("mark");
});

test("a page that has been read is another page: its ETag changes", async () => {
  const tag = (await api.get("/feed?marks=tag")).headers.get("etag")!;
  const again = () => api.get("/feed?marks=tag", { headers: { "if-none-match": tag } });
  expect((await again()).status).toBe(304);
  await json(put("tag", { items: [moves[2]!.id] }));
  expect((await again()).status).toBe(200);
});

test("another site's page cannot move a mark", async () => {
  const refused = await put("account", { read: 1 }, { headers: { "sec-fetch-site": "cross-site" } });
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: "CROSS_ORIGIN" });
});

test.each([
  [{ read: -1 }, 400],
  [{ read: "5" }, 400],
  [{ items: [] }, 400],
  [{ begin: false }, 400],
  [{ position: 5 }, 400],
  ["nonsense", 400],
])("%j is refused", async (body, status) => {
  expect((await put("account", body)).status).toBe(status);
});

test("a feed's key is 1 to 150 characters, and may be any", async () => {
  const key = encodeURIComponent("board:7/später");
  expect(await json(put(key, { seen: 1 }))).toMatchObject({ feed: "board:7/später", seen: 1 });
  expect((await put("x".repeat(151), { seen: 1 })).status).toBe(400);
});
