import { beforeEach, describe, expect, test } from "vitest";
import { events } from "../../test/support/boardEvents.ts";
import { fakeWebhooks, type FakeWebhooks } from "../../test/support/fakeWebhooks.ts";
import { authorizationOf, identityIn } from "../../test/support/testApi.ts";
import type { Database } from "../db/database.ts";
import { createTidings } from "../tidings.ts";
import { createHandler } from "./handler.ts";
import type { AccessRole } from "./identity.ts";

const unused = () => Promise.reject(new Error("these routes ask the room, not the database"));
const noDatabase = { driver: "none", query: unused, transaction: unused } as unknown as Database;

const NOW = Date.UTC(2026, 10, 21);
let now = NOW;
let webhooks: FakeWebhooks;
let handler: (request: Request) => Promise<Response>;
beforeEach(() => {
  now = NOW;
  webhooks = fakeWebhooks(() => now);
  const tidings = Object.assign(createTidings({ db: noDatabase, events }), { webhooks });
  handler = createHandler(tidings, { authorize: identityIn, basePath: "/tidings", maxBodyBytes: 2_000 });
});

interface Asking {
  readonly as?: AccessRole | undefined;
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string> | undefined;
}

async function ask(route: string, { as = "service", token, body, headers = {} }: Asking = {}) {
  const [method, path] = route.split(" ") as [string, string];
  const authorization = token === undefined ? authorizationOf({ role: as }) : `Bearer ${token}`;
  const response = await handler(
    new Request(`https://app.example.com/tidings${path}`, {
      method,
      headers: {
        authorization,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text && JSON.parse(text) };
}

const endpoint = { url: "https://example.com/hooks", types: ["card.*"] };
const account = "acme";

/** What was sent and answered: not for every reader of the account. */
const deliveryReads: typeof reads = [
  [
    "GET /webhooks/deliveries?endpoint=ep_1&states=failed,held&types=card.*&since=2026-11-20&limit=10&before=dlv_9",
    [
      "deliveries.list",
      {
        account,
        endpoint: "ep_1",
        states: ["failed", "held"],
        types: ["card.*"],
        since: new Date("2026-11-20"),
        limit: 10,
        before: "dlv_9",
      },
    ],
  ],
  ["GET /webhooks/deliveries/dlv_1", ["deliveries.get", "dlv_1", { account }]],
];

/** Every route: what is called for it. */
const reads: [route: string, calls: unknown[]][] = [
  ["GET /webhooks/endpoints", ["endpoints.list", { account }]],
  ["GET /webhooks/endpoints/ep_1", ["endpoints.get", "ep_1", { account }]],
  ["GET /webhooks/endpoints/ep_1/jobs", ["jobs.list", "ep_1", { account }]],
  ["GET /webhooks/endpoints/ep_1/stats?bucket=300", ["stats", "ep_1", { account, bucket: 300 }]],
  ["GET /webhooks/stats?bucket=3600", ["accountStats", { account, bucket: 3_600 }]],
  [
    "GET /webhooks/endpoints/ep_1/recoverable?since=2026-11-20T00:00:00Z",
    ["recoverable", "ep_1", { account, since: new Date("2026-11-20") }],
  ],
  ["GET /webhooks/jobs/job_1", ["jobs.get", "job_1", { account }]],
];
const plainReads = ["GET /event-types", "GET /webhooks/event-types", "GET /webhooks/asyncapi.json"];

type Change = [route: string, body: unknown, status: number, calls: unknown[]];

/** Changes nothing, but what it gives is signed. */
const pull: Change = [
  "GET /webhooks/endpoints/ep_1/messages?after=dlv_1&limit=2",
  undefined,
  200,
  ["pull", "ep_1", { account, after: "dlv_1", limit: 2 }],
];

const changes: Change[] = [
  ["POST /webhooks/endpoints", endpoint, 201, ["endpoints.create", endpoint, { account }]],
  [
    "PATCH /webhooks/endpoints/ep_1",
    { filter: null, headers: { "x-team": "a" } },
    200,
    ["endpoints.update", "ep_1", { filter: null, headers: { "x-team": "a" } }, { account }],
  ],
  ["DELETE /webhooks/endpoints/ep_1", undefined, 204, ["endpoints.delete", "ep_1", { account }]],
  ["POST /webhooks/endpoints/ep_1/enable", undefined, 200, ["endpoints.enable", "ep_1", { account }]],
  ["POST /webhooks/endpoints/ep_1/disable", undefined, 200, ["endpoints.disable", "ep_1", { account }]],
  ["POST /webhooks/endpoints/ep_1/rotate", undefined, 200, ["endpoints.rotate", "ep_1", { account }]],
  [
    "POST /webhooks/endpoints/ep_1/rotate",
    { graceSeconds: 0 },
    200,
    ["endpoints.rotate", "ep_1", { account, graceSeconds: 0 }],
  ],
  [
    "POST /webhooks/endpoints/ep_1/test",
    { type: "card.moved" },
    202,
    ["test", "ep_1", { account, type: "card.moved" }],
  ],
  ["POST /webhooks/endpoints/ep_1/send", { event: "e" }, 202, ["send", "e", { account, endpoint: "ep_1" }]],
  [
    "POST /webhooks/endpoints/ep_1/recover",
    { since: "2026-11-20T00:00:00Z" },
    202,
    ["recover", "ep_1", { account, since: new Date("2026-11-20") }],
  ],
  [
    "POST /webhooks/endpoints/ep_1/backfill",
    { from: { time: "2026-11-20T00:00:00Z" }, perSecond: 5 },
    202,
    ["backfill", "ep_1", { account, from: { time: new Date("2026-11-20") }, perSecond: 5 }],
  ],
  ["DELETE /webhooks/jobs/job_1", undefined, 200, ["jobs.cancel", "job_1", { account }]],
  ["POST /webhooks/deliveries/dlv_1/resend", undefined, 202, ["deliveries.resend", "dlv_1", { account }]],
];

describe("a route that reads", () => {
  test.each(reads)("%s: for a reader and a token that reads, in their own account", async (route, call) => {
    expect((await ask(route, { as: "reader" })).status).toBe(200);
    expect(webhooks.calls).toEqual([call]);
    const token = webhooks.portalToken({ account: "acme", role: "read" });
    expect((await ask(route, { token })).status).toBe(200);
    expect(webhooks.calls).toEqual([call, call]);
  });

  test.each(deliveryReads)(
    "%s: for a service and a token that reads, not for a reader",
    async (route, call) => {
      expect((await ask(route, { as: "reader" })).status).toBe(403);
      expect((await ask(route, { as: "service" })).status).toBe(200);
      const token = webhooks.portalToken({ account: "acme", role: "read" });
      expect((await ask(route, { token })).status).toBe(200);
      expect(webhooks.calls).toEqual([call, call]);
    },
  );

  test.each(plainReads)("%s: for a reader and a token that reads", async (route) => {
    const token = webhooks.portalToken({ account: "acme", role: "read" });
    expect([(await ask(route, { as: "reader" })).status, (await ask(route, { token })).status]).toEqual([
      200, 200,
    ]);
  });

  test("refuses parameters that it does not know, an account among them", async () => {
    for (const route of [...reads.map(([each]) => each), ...plainReads]) {
      const { status, body } = await ask(`${route}${route.includes("?") ? "&" : "?"}account=other`);
      expect([route, status, body.code]).toEqual([route, 400, "INVALID_REQUEST"]);
    }
    expect(webhooks.calls).toEqual([]);
  });
});

describe("a route that changes something, or gives signed messages", () => {
  test.each([pull, ...changes])(
    "%s %j: for the service and a token that manages",
    async (route, body, status, call) => {
      expect((await ask(route, { body })).status).toBe(status);
      const token = webhooks.portalToken({ account: "acme", role: "manage" });
      expect((await ask(route, { body, token })).status).toBe(status);
      expect(webhooks.calls).toEqual([call, call]);
    },
  );

  test.each([pull, ...changes])("%s %j: not for a writer or a token that reads", async (route, body) => {
    const token = webhooks.portalToken({ account: "acme", role: "read" });
    for (const asking of [{ as: "reader" }, { as: "writer" }, { token }] as const) {
      const answer = await ask(route, { body, ...asking });
      expect([answer.status, answer.body.code]).toEqual([403, "FORBIDDEN"]);
    }
    expect(webhooks.calls).toEqual([]);
  });

  test("says no before it looks at the body", async () => {
    const token = webhooks.portalToken({ account: "acme", role: "read" });
    expect((await ask("POST /webhooks/endpoints", { token, body: { nonsense: 1 } })).status).toBe(403);
  });

  test("takes JSON of a bounded size with names that it knows", async () => {
    const post = (body: unknown, headers = {}) => ask("POST /webhooks/endpoints", { body, headers });
    expect((await post({ ...endpoint, account: "other" })).body).toMatchObject({
      code: "INVALID_REQUEST",
      path: ["account"],
    });
    expect((await post({ ...endpoint, description: "x".repeat(2_000) })).body.code).toBe("BODY_TOO_LARGE");
    expect((await post(endpoint, { "content-type": "text/plain" })).body.code).toBe("UNSUPPORTED_MEDIA_TYPE");
    expect((await ask("POST /webhooks/endpoints")).body.code).toBe("UNSUPPORTED_MEDIA_TYPE");
    expect((await ask("PATCH /webhooks/endpoints/ep_1", { body: { secret: "whsec_a" } })).body).toMatchObject(
      {
        code: "INVALID_REQUEST",
        path: ["secret"],
      },
    );
    expect(webhooks.calls).toEqual([]);
  });

  test("is not taken from another site's page", async () => {
    const headers = { "sec-fetch-site": "cross-site" };
    for (const [route, body] of changes)
      expect((await ask(route, { body, headers })).body.code).toBe("CROSS_ORIGIN");
    expect(webhooks.calls).toEqual([]);
  });
});

describe("a portal token", () => {
  test("reads and changes the account that it was made for, whatever else the request says", async () => {
    const token = webhooks.portalToken({ account: "other", role: "manage" });
    await ask("GET /webhooks/endpoints", { token, headers: { cookie: "session=of-acme" } });
    await ask("DELETE /webhooks/endpoints/ep_1", { token });
    expect(webhooks.calls).toEqual([
      ["endpoints.list", { account: "other" }],
      ["endpoints.delete", "ep_1", { account: "other" }],
    ]);
  });

  test("that is too old or forged is refused on every route alike", async () => {
    const old = webhooks.portalToken({ account: "acme", role: "manage", forSeconds: 60 });
    const forged = `${webhooks.portalToken({ account: "acme", role: "manage" }).slice(0, -2)}xx`;
    now += 60_000;
    const answers = new Set<string>();
    for (const [route, body] of [...reads.map(([each]) => [each] as const), ...changes]) {
      for (const token of [old, forged, "tdp_", "tdp_e30.e30"]) {
        const answer = await ask(route, { token, body });
        expect(answer.headers.get("www-authenticate")).not.toBeNull();
        answers.add(JSON.stringify([answer.status, { ...answer.body, instance: "" }]));
      }
    }
    expect([...answers]).toEqual([expect.stringMatching(/^\[401,.*"code":"INVALID_TOKEN"/)]);
    expect(webhooks.calls).toEqual([]);
  });

  test("opens nothing but webhooks, and does not tell which routes there are", async () => {
    const token = webhooks.portalToken({ account: "acme", role: "manage" });
    const elsewhere = [
      "GET /feed",
      "GET /events",
      "POST /events",
      "GET /live",
      "GET /health",
      "GET /openapi.json",
    ];
    for (const route of [...elsewhere, "GET /", "GET /nowhere", "GET /webhooksx", "GET /event-types/x"]) {
      const { status, body } = await ask(route, { token, ...(route.startsWith("POST") && { body: {} }) });
      expect([route, status, body.code]).toEqual([route, 403, "FORBIDDEN"]);
    }
  });

  test("makes no other token", async () => {
    const token = webhooks.portalToken({ account: "acme", role: "manage" });
    const { status, body } = await ask("POST /webhooks/portal-tokens", { token, body: { role: "manage" } });
    expect([status, body.code]).toEqual([403, "FORBIDDEN"]);
  });

  test("is made by the service for its own account, and kept by no cache", async () => {
    const made = await ask("POST /webhooks/portal-tokens", { body: { role: "read", forSeconds: 60 } });
    expect([made.status, made.headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(webhooks.checkPortalToken(made.body.token)).toEqual({ account: "acme", role: "read" });
    for (const body of [
      { role: "read", account: "other" },
      { role: "operator" },
      {},
      { role: "read", forSeconds: 1e6 },
    ])
      expect((await ask("POST /webhooks/portal-tokens", { body })).status).toBe(400);
    expect((await ask("POST /webhooks/portal-tokens", { as: "writer", body: { role: "read" } })).status).toBe(
      403,
    );
  });
});

describe("what is shown", () => {
  test("a secret is in the answers that made it, and those are stored nowhere", async () => {
    for (const route of ["POST /webhooks/endpoints", "POST /webhooks/endpoints/ep_1/rotate"]) {
      const { body, headers } = await ask(route, { body: route.endsWith("rotate") ? {} : endpoint });
      expect(body.secret).toBe("whsec_shown-once");
      expect(headers.get("cache-control")).toBe("no-store");
    }
    for (const [route] of reads) expect((await ask(route)).text).not.toContain("whsec_");
  });

  test("a message is shown as the text that is signed, an answer that is no text as base64", async () => {
    const { body } = await ask("GET /webhooks/deliveries/dlv_1");
    expect(body.content.body).toBe('{"emoji":"🚀"}');
    expect(body.history[0]).toMatchObject({
      responseBody: "/wD+",
      responseBodyEncoding: "base64",
      responseHeaders: { "set-cookie": ["a=1", "b=2"] },
      truncated: true,
    });
  });
});
