import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPglite, type TestDatabase } from "../../test/support/testDatabase.ts";
import { events } from "../../test/support/boardEvents.ts";
import { aMoveAsJson, authorizationOf, createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { createTidings } from "../tidings.ts";
import type { HttpOptions } from "./handler.ts";
import type { Identity } from "./identity.ts";

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestPglite();
  api = await createTestApi({ database, http: { maxBodyBytes: 2_000 } });
});
afterAll(() => api.drop());

const routes = [
  "GET /events",
  "POST /events",
  "GET /events/count",
  "GET /events/00000000-0000-7000-8000-000000000000",
  "GET /feed",
  "GET /timeline/card/1",
  "GET /live",
  "GET /health",
  "GET /openapi.json",
  "GET /nowhere",
  "DELETE /feed",
  "OPTIONS /feed",
];

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const tidingsWith = (http?: HttpOptions) => createTidings<unknown>({ db: database.db, events, http });

describe("without an identity", () => {
  test.each(routes)("%s answers 401", async (route) => {
    const [method, path] = route.split(" ") as [string, string];
    const request = () =>
      new Request(`https://app.example.com${path}`, {
        method,
        ...(method === "POST" && {
          body: JSON.stringify(aMoveAsJson()),
          headers: { "content-type": "application/json" },
        }),
      });
    for (const http of [undefined, {}, { authorize: () => null }, { authorize: async () => null }]) {
      const response = await tidingsWith(http).handler(request());
      expect([response.status, await codeOf(response)]).toEqual([401, "UNAUTHORIZED"]);
      expect(response.headers.get("www-authenticate")).not.toBeNull();
    }
    expect(await api.tidings.events.count({ account: "acme" })).toBe(0);
  });

  test("an authorize that throws answers 500 and does not say why", async () => {
    const failing = tidingsWith({
      authorize: () => {
        throw new Error("session store down");
      },
    });
    const failed: unknown[] = [];
    failing.signals.on("http.failed", ({ error }) => failed.push(error));
    const response = await failing.handler(new Request("https://app.example.com/feed"));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("session store");
    expect(failed).toEqual([new Error("session store down")]);
  });

  test("an identity that is none is the app's mistake, and may neither read nor record", async () => {
    // Within the app's own context, whose account must not become that of a request without one.
    await api.tidings.run({ account: "internal" }, async () => {
      for (const as of [
        { role: "root" },
        { role: undefined },
        { account: undefined },
        { actor: undefined },
      ]) {
        const broken = { as: as as Partial<Identity> };
        for (const response of [
          await api.get("/feed", broken),
          await api.post("/events", aMoveAsJson(), broken),
        ])
          expect([response.status, await codeOf(response)]).toEqual([500, "INVALID_IDENTITY"]);
      }
    });
  });
});

describe("routes", () => {
  test("an unknown path is 404 with a code", async () => {
    const response = await api.get("/nowhere");
    expect([response.status, await codeOf(response)]).toEqual([404, "ROUTE_NOT_FOUND"]);
  });

  test("a known path with another method is 405 and says which methods it has", async () => {
    const response = await api.post("/feed", {});
    expect([response.status, await codeOf(response)]).toEqual([405, "METHOD_NOT_ALLOWED"]);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
    expect((await api.get("/events", { method: "DELETE" })).headers.get("allow")).toContain("POST");
  });

  test("HEAD answers as GET without a body, also for the stream", async () => {
    for (const path of ["/feed", "/live"]) {
      const response = await api.get(path, { method: "HEAD" });
      expect([response.status, await response.text()]).toEqual([200, ""]);
    }
  });

  test("a slash at the end of a path changes nothing", async () => {
    expect((await api.get("/feed/")).status).toBe(200);
  });

  test("what is read is private, asked for again each time, and depends on who asks", async () => {
    const { headers } = await api.get("/feed");
    expect(headers.get("cache-control")).toBe("private, no-cache");
    // Among them the language and the form that the client takes.
    expect(headers.get("vary")).toBe("Accept-Language, Accept, Cookie, Authorization");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});

describe("basePath", () => {
  test.each(["/tidings", "/tidings/"])("%s serves beneath it and nowhere else", async (basePath) => {
    const authorize = (): Identity => ({
      account: "acme",
      actor: { type: "user", id: "ann", label: null },
      role: "writer",
    });
    const { handler } = tidingsWith({ authorize, basePath });
    const status = async (path: string) =>
      (await handler(new Request(`https://app.example.com${path}`))).status;
    expect(await status("/tidings/feed")).toBe(200);
    for (const path of [
      "/feed",
      "/tidings",
      "/tidingsfeed",
      "/other/tidings/feed",
      "/tidings/tidings/feed",
    ]) {
      expect([path, await status(path)]).toEqual([path, 404]);
    }
    const created = await handler(
      new Request("https://app.example.com/tidings/events", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(aMoveAsJson()),
      }),
    );
    expect(await status(created.headers.get("location")!)).toBe(200);
    const description = await handler(new Request("https://app.example.com/tidings/openapi.json"));
    expect(await description.json()).toMatchObject({ servers: [{ url: "/tidings" }] });
  });
});

describe("limits", () => {
  test("a query string that is too long is refused with the limit", async () => {
    const response = await api.get(`/feed?types=${"a".repeat(9_000)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "INVALID_REQUEST",
      detail: expect.stringContaining("8192"),
    });
  });

  test("a body that is too large is refused, whether it says so or not", async () => {
    const large = { ...aMoveAsJson(), metadata: { text: "x".repeat(2_000) } };
    const honest = await api.post("/events", large, { headers: { "content-length": "2500" } });
    const silent = await api.post("/events", large);
    const lying = await api.post("/events", large, { headers: { "content-length": "10" } });
    for (const response of [honest, silent, lying]) {
      expect([response.status, await codeOf(response)]).toEqual([413, "BODY_TOO_LARGE"]);
    }
  });

  test("a body without end is not read to its end", async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled++;
        controller.enqueue(new Uint8Array(1_000).fill(32));
      },
    });
    const { handler } = tidingsWith({
      authorize: () => ({ account: "acme", actor: { type: "user", id: "ann", label: null }, role: "writer" }),
      maxBodyBytes: 10_000,
    });
    const response = await handler(
      new Request("https://app.example.com/events", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: endless,
        duplex: "half",
      } as RequestInit),
    );
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(20);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])(
    "what a form or a script without preflight may send is refused: %s",
    async (type) => {
      const response = await api.post("/events", aMoveAsJson(), { headers: { "content-type": type } });
      expect([response.status, await codeOf(response)]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    },
  );

  test("a body that its sender broke off is the client's mistake, and no failure of the app", async () => {
    const failed: unknown[] = [];
    const stop = api.tidings.signals.on("http.failed", (signal) => failed.push(signal));
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("aborted")) });
    const response = await api.tidings.handler(
      new Request("https://app.example.com/events", {
        method: "POST",
        body,
        duplex: "half",
        headers: {
          "content-type": "application/json",
          authorization: authorizationOf({ role: "writer" }),
        },
      } as RequestInit),
    );
    stop();
    expect(await response.json()).toMatchObject({ code: "INVALID_REQUEST", detail: "The body ended early" });
    expect(failed).toEqual([]);
  });

  test("what is no JSON, or no UTF-8, is refused", async () => {
    for (const body of ["{", "", "\u0000"]) {
      const response = await api.post("/events", body);
      expect([response.status, await codeOf(response)]).toEqual([400, "INVALID_REQUEST"]);
    }
    const identity: Identity = {
      account: "a",
      actor: { type: "user", id: "a", label: null },
      role: "writer",
    };
    const response = await tidingsWith({ authorize: () => identity }).handler(
      new Request("https://app.example.com/events", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: new Uint8Array([0x22, 0xff, 0x22]),
      }),
    );
    expect(await response.json()).toMatchObject({ code: "INVALID_REQUEST", detail: "The body is not UTF-8" });
  });

  test("a body that is nested without end is the client's mistake, wherever it is sent", async () => {
    const actor = { type: "user", id: "ann", label: null };
    const { handler } = tidingsWith({ authorize: () => ({ account: "a", actor, role: "writer" }) });
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const event = JSON.stringify({ ...aMoveAsJson(), metadata: { deep: 0 } }).replace(":0", `:${deep}`);
    for (const [path, body, code] of [
      ["/feed/filters", deep, "INVALID_REQUEST"],
      ["/events", deep, "INVALID_REQUEST"],
      ["/events", event, "UNSERIALIZABLE"],
    ] as const) {
      const request = { method: "POST", headers: { "content-type": "application/json" }, body };
      const response = await handler(new Request(`https://app.example.com${path}`, request));
      expect([path, await codeOf(response)]).toEqual([path, code]);
    }
  });

  test("another origin changes nothing", async () => {
    const response = await api.post("/events", aMoveAsJson(), {
      headers: { origin: "https://evil.example" },
    });
    expect([response.status, await codeOf(response)]).toEqual([403, "CROSS_ORIGIN"]);
  });
});

describe("options that cannot work stop the start", () => {
  const wrong: HttpOptions[] = [
    { basePath: "tidings" },
    { basePath: "/a?b" },
    { basePath: "/\ud800" },
    { basePath: "/a%20b" },
    { origins: ["*"] },
    { maxBodyBytes: 0 },
    { heartbeatMs: -1 },
    // `tidings/react` takes a stream that is silent for 45 seconds for a lost one.
    { heartbeatMs: 30_001 },
    { slowConsumerMs: Number.NaN },
    // Of timers, a longer wait ends at once.
    { slowConsumerMs: 2 ** 31 },
    { slowConsumerMs: Infinity },
    { maxStreamMs: 2 ** 31 },
    { maxLagMs: 0 },
    { maxStreams: -1 },
  ];
  test.each(wrong)("%o", (http) => {
    expect(() => tidingsWith(http)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
