import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { buildDashboard } from "../../dashboard/build.ts";
import { events } from "../../test/support/boardEvents.ts";
import type { Database } from "../db/database.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { createHandler } from "./handler.ts";

const unused = () => Promise.reject(new Error("the portal's files need no database"));
const noDatabase = { driver: "none", query: unused, transaction: unused } as unknown as Database;

/** Nobody is let in by `authorize`: the page is served all the same. */
const tidings: Tidings = createTidings({ db: noDatabase, events });
const handler = createHandler(tidings, { basePath: "/tidings" }, ["https://shop.example.com"]);
const get = (path: string) => handler(new Request(`https://app.example.com${path}`));

beforeAll(buildDashboard, 120_000);

describe("the portal's files", () => {
  test("the page is served without authorization, may be framed by the app's origins only and is not cached", async () => {
    const response = await get("/tidings/portal/");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    const policy = response.headers.get("content-security-policy")!;
    expect(policy).toContain("frame-ancestors 'self' https://shop.example.com");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await response.text()).toContain('<div id="root">');
  });

  test("without its slash the page sends to the one with it, wherever the app mounts it", async () => {
    const response = await get("/tidings/portal?endpoint=ep_1");
    expect(response.status).toBe(308);
    expect(
      new URL(response.headers.get("location")!, "https://app.example.com/tidings/portal").pathname,
    ).toBe("/tidings/portal/");
  });

  test("what the page names is there and kept for ever", async () => {
    const page = await (await get("/tidings/portal/")).text();
    const named = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(new Set(named.map((path) => path.split(".").at(-1)))).toEqual(new Set(["css", "js"]));
    for (const path of named) {
      const response = await get(`/tidings/portal/${path}`);
      expect([response.status, response.headers.get("cache-control")]).toEqual([
        200,
        "public, max-age=31536000, immutable",
      ]);
    }
  });

  test("nothing but what the build wrote can be asked for", async () => {
    expect(existsSync("package.json")).toBe(true);
    for (const name of ["..%2f..%2f..%2fpackage.json", "%2e%2e%2fportal.html", "portal.html", "none.js"]) {
      expect((await get(`/tidings/portal/assets/${name}`)).status).toBe(404);
    }
  });

  test("the dashboard's places are its page, which finds its files from each, down to ten folders", async () => {
    const place = await get("/tidings/dashboard/webhooks/ep_1");
    expect([place.status, await place.text()]).toEqual([200, expect.stringContaining('src="../assets/')]);
    expect((await get(`/tidings/dashboard${"/x".repeat(12)}`)).status).toBe(404);
  });

  test("an origin that is none stops the start", () => {
    for (const origin of ["*", "https://a.example.com; script-src *", "https://a.example.com/path"]) {
      expect(() => createHandler(tidings, {}, [origin])).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
    }
  });
});
