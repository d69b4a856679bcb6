import { beforeAll, describe, expect, test } from "vitest";
import { buildDashboard } from "../../dashboard/build.ts";
import { events } from "../../test/support/boardEvents.ts";
import type { Database } from "../db/database.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { createHandler } from "./handler.ts";

const unused = () => Promise.reject(new Error("the dashboard's files need no database"));
const noDatabase = { driver: "none", query: unused, transaction: unused } as unknown as Database;

/** Nobody is let in by `authorize`: the page is served all the same, and holds nothing. */
const tidings: Tidings = createTidings({ db: noDatabase, events });
const handler = createHandler(tidings, { basePath: "/tidings" });
const get = (path: string) => handler(new Request(`https://app.example.com${path}`));

beforeAll(buildDashboard, 120_000);

describe("the dashboard's files", () => {
  test("the page runs its own code only, loads nothing from elsewhere and is framed by nobody else", async () => {
    const response = await get("/tidings/dashboard/");
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    expect(response.headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    );
    expect(await response.text()).not.toMatch(/<script>|<style|style=|https?:\/\//);
  });

  test.each(["", "live", "live/", "webhooks/ep_1", "entities/card/a%2Fb", "entities/card/1/", "a/b/c/d?e=f"])(
    "the address %s has the page, with files and API where they lie from there",
    async (path) => {
      const address = new URL(`/tidings/dashboard/${path}`, "https://app.example.com");
      const page = await (await get(address.pathname + address.search)).text();
      const base = /data-base="([^"]+)"/.exec(page)![1]!;
      expect(new URL(base, address).pathname).toBe("/tidings/dashboard/");
      const files = [...page.matchAll(/(?:src|href)="([^"]*assets\/[^"]+)"/g)].map(([, file]) => file!);
      expect(files.length).toBeGreaterThan(1);
      for (const file of files) {
        const { pathname } = new URL(file, address);
        const response = await get(pathname);
        expect([response.status, response.headers.get("cache-control")], pathname).toEqual([
          200,
          "public, max-age=31536000, immutable",
        ]);
      }
    },
  );

  test("without its slash the page sends to the one with it, wherever the app mounts it", async () => {
    const response = await get("/tidings/dashboard?x=1");
    expect([response.status, response.headers.get("location")]).toEqual([308, "dashboard/?x=1"]);
  });

  test("a file that the build did not write is not there, and is not the page", async () => {
    for (const name of ["none.js", "index.html", "..%2findex.html", "..%2f..%2fpackage.json"]) {
      const response = await get(`/tidings/dashboard/assets/${name}`);
      expect([response.status, response.headers.get("content-type")], name).toEqual([
        404,
        "application/problem+json",
      ]);
    }
  });

  test("what is beside the dashboard is not the page", async () => {
    for (const path of ["/tidings/dashboards", "/dashboard/", "/tidings/dash"]) {
      expect((await get(path)).headers.get("content-type"), path).not.toContain("text/html");
    }
  });
});
