import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { isTidingsError } from "../errors.ts";
import { createCors, createOriginGuard, originList } from "./origins.ts";

const HERE = "https://app.example.com";
const FRIEND = "https://friend.example.net";

function app(origins: readonly string[] = []) {
  const list = originList(origins);
  return new Hono()
    .use(createCors(list))
    .use(createOriginGuard(list))
    .all("/events", (c) => c.text("done"))
    .onError((error, c) => c.text(isTidingsError(error) ? error.code : "?", 403));
}

async function send(method: string, headers: Record<string, string>, origins: readonly string[] = []) {
  return app(origins).request(`${HERE}/events`, { method, headers });
}

describe("the origin guard", () => {
  const allowed: [string, Record<string, string>][] = [
    ["a client that is no browser", {}],
    ["a page of our own", { origin: HERE, "sec-fetch-site": "same-origin" }],
    ["a page of our own in a browser without Sec-Fetch-Site", { origin: HERE }],
    ["a page of our own behind a proxy that keeps Host", { origin: "https://x.org", host: "x.org" }],
    [
      "a page of our own behind one that changes it",
      { origin: "https://x.org", "sec-fetch-site": "same-origin" },
    ],
    ["what the user typed or opened", { "sec-fetch-site": "none" }],
  ];
  test.each(allowed)("lets %s change something", async (_who, headers) => {
    expect((await send("POST", headers)).status).toBe(200);
  });

  const refused: [string, Record<string, string>][] = [
    ["another site's page", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["another site's page in an old browser", { origin: "https://evil.example" }],
    ["a sibling's page", { origin: "https://blog.example.com", "sec-fetch-site": "same-site" }],
    ["our own host over http", { origin: "http://app.example.com", "sec-fetch-site": "cross-site" }],
    ["another port of our host", { origin: `${HERE}:8443` }],
    ["a page without an origin, as in a sandbox", { origin: "null" }],
    ["a cross-site request without Origin", { "sec-fetch-site": "cross-site" }],
    [
      "one that forges the proxy's header",
      { origin: "https://evil.example", "x-forwarded-host": "evil.example" },
    ],
    ["a friend that is not on the list", { origin: FRIEND, "sec-fetch-site": "cross-site" }],
  ];
  test.each(refused)("refuses %s", async (_who, headers) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const response = await send(method, headers);
      expect([response.status, await response.text()]).toEqual([403, "CROSS_ORIGIN"]);
    }
  });

  test("lets an origin on the list change something", async () => {
    const headers = { origin: FRIEND, "sec-fetch-site": "cross-site" };
    expect((await send("POST", headers, [FRIEND])).status).toBe(200);
  });

  test("lets anybody read: the browser shows the answer only to its own page", async () => {
    expect((await send("GET", { origin: "https://evil.example" })).status).toBe(200);
  });
});

describe("CORS", () => {
  const corsHeaders = (response: Response) =>
    [...response.headers.keys()].filter((name) => name.startsWith("access-control") || name === "vary");
  const preflight = { "access-control-request-method": "POST" };

  test("is closed without a list: no header, no answer to a preflight", async () => {
    expect(corsHeaders(await send("GET", { origin: FRIEND }))).toEqual([]);
    const response = await send("OPTIONS", { origin: FRIEND, ...preflight });
    expect([response.status, corsHeaders(response)]).toEqual([200, []]); // the route's own answer, not CORS's
  });

  test("says nothing to an origin that is not on the list, but that the answer depends on it", async () => {
    for (const method of ["GET", "OPTIONS"]) {
      const response = await send(method, { origin: "https://evil.example", ...preflight }, [FRIEND]);
      expect(corsHeaders(response)).toEqual(["vary"]);
      expect(response.headers.get("vary")).toBe("Origin");
    }
  });

  test("answers a preflight of an origin on the list before anybody is asked who it is", async () => {
    const response = await send("OPTIONS", { origin: FRIEND, ...preflight }, [FRIEND]);
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(FRIEND);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    expect(response.headers.get("access-control-allow-headers")).toContain("Last-Event-ID");
  });

  test("lets a page on the list read the answer and its ETag", async () => {
    const response = await send("GET", { origin: FRIEND }, [FRIEND]);
    expect(response.headers.get("access-control-allow-origin")).toBe(FRIEND);
    expect(response.headers.get("access-control-expose-headers")).toContain("ETag");
  });

  test.each(["*", "app.example.com", "https://app.example.com/", "null"])(
    "refuses %s as an entry of the list",
    (origin) =>
      expect(() => originList([origin])).toThrow(expect.objectContaining({ code: "INVALID_OPTION" })),
  );
});
