import { afterEach, expect, test, vi } from "vitest";
import { fetchAs, seenAsOf } from "./viewAs.ts";

afterEach(() => vi.unstubAllGlobals());

test("reads carry the viewer; marks, filters and changes do not", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => void asked.push(url));
  const ask = fetchAs({ viewer: "user:ann", audiences: ["board:7", "admins"] });
  const headers = {};
  for (const path of ["feed?limit=50", "live", "feed/marks/account", "feed/filters?x=1"])
    await ask(`/tidings/${path}`, { headers });
  await ask("/tidings/feed/groups", { headers, method: "POST" });
  const viewer = "viewer=user%3Aann&audiences=board%3A7&audiences=admins";
  expect(asked).toEqual([
    `/tidings/feed?limit=50&${viewer}`,
    `/tidings/live?${viewer}`,
    "/tidings/feed/marks/account",
    "/tidings/feed/filters?x=1",
    "/tidings/feed/groups",
  ]);
});

test("an address without a proper viewer looks as nobody in particular", () => {
  expect(seenAsOf(new URLSearchParams("as=ann"))).toBeNull();
  expect(seenAsOf(new URLSearchParams("audience=x"))).toBeNull();
  expect(seenAsOf(new URLSearchParams("as=user:ann&audience=board:7"))).toEqual({
    viewer: "user:ann",
    audiences: ["board:7"],
  });
});
