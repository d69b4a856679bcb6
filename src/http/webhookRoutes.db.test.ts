import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aMove, ann } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { createTestPglite, type TestDatabase } from "../../test/support/testDatabase.ts";
import { captureWebhooks, type WebhookCapture } from "../testing/captureWebhooks.ts";
import type { SignalMap } from "../signals.ts";
import { createPortalTokens } from "../webhooks/portalToken.ts";

const secretKey = Buffer.alloc(32, 5).toString("base64");
const toLoopback = { secretKey, allowAddresses: ["127.0.0.1"] };

type Ask = (route: string, body?: unknown) => Promise<Response>;

/** Asks as the service of an account, or with a portal token. */
function asker(api: TestApi, who: { account: string } | { token: string }): Ask {
  return (route, body) => {
    const [method, path] = route.split(" ") as [string, string];
    const options =
      "token" in who
        ? { as: null, headers: { authorization: `Bearer ${who.token}` }, method }
        : { as: { account: who.account, role: "service" as const }, method };
    return body === undefined ? api.get(path, options) : api.post(path, body, options);
  };
}

async function create(ask: Ask, url: string, more: object = {}): Promise<{ id: string; secret: string }> {
  const response = await ask("POST /webhooks/endpoints", { url, types: ["card.*"], ...more });
  const { endpoint, secret } = (await response.json()) as { endpoint: { id: string }; secret: string };
  return { id: endpoint.id, secret };
}

async function onlyDelivery(ask: Ask, endpoint: string): Promise<string> {
  const { items } = (await (await ask(`GET /webhooks/deliveries?endpoint=${endpoint}`)).json()) as {
    items: { id: string }[];
  };
  expect(items).toHaveLength(1);
  return items[0]!.id;
}

describeOnDatabases("another account's webhooks over HTTP", (open) => {
  let api: TestApi;
  let capture: WebhookCapture;
  let b: Ask;
  let of: { endpoint: string; delivery: string; job: string; event: string; own: string };
  let before: string;

  beforeAll(async () => {
    capture = await captureWebhooks();
    api = await createTestApi({ database: await open(), webhooks: toLoopback });
    b = asker(api, { account: "b" });
    const { id } = await create(b, capture.url);
    await api.number(); // the fan-out begins with what is recorded after its first start
    const [event] = await api.tidings.record({ ...aMove(), account: "b", actor: ann });
    await api.number();
    const job = (await (await b(`POST /webhooks/endpoints/${id}/backfill`, { from: "start" })).json()) as {
      id: string;
    };
    const own = await create(asker(api, { account: "a" }), capture.url);
    of = { endpoint: id, delivery: await onlyDelivery(b, id), job: job.id, event: event.id, own: own.id };
    await api.number();
    before = await everythingOf(b);
  });
  afterAll(async () => {
    await api.drop();
    await capture.close();
  });

  const everythingOf = async (ask: Ask) => {
    const routes = [
      "GET /webhooks/endpoints",
      "GET /webhooks/deliveries",
      `GET /webhooks/deliveries/${of.delivery}`,
      `GET /webhooks/jobs/${of.job}`,
    ];
    return (await Promise.all(routes.map(async (route) => (await ask(route)).text()))).join("\n");
  };

  const routes: [route: string, kind: "endpoint" | "delivery" | "job", body?: unknown][] = [
    ["GET /webhooks/endpoints/ID", "endpoint"],
    ["PATCH /webhooks/endpoints/ID", "endpoint", { description: "mine" }],
    ["DELETE /webhooks/endpoints/ID", "endpoint"],
    ["POST /webhooks/endpoints/ID/enable", "endpoint", {}],
    ["POST /webhooks/endpoints/ID/disable", "endpoint", {}],
    ["POST /webhooks/endpoints/ID/rotate", "endpoint", {}],
    ["POST /webhooks/endpoints/ID/test", "endpoint", { type: "card.moved" }],
    ["POST /webhooks/endpoints/ID/test", "endpoint", {}],
    ["POST /webhooks/endpoints/ID/send", "endpoint", { event: "EVENT" }],
    ["POST /webhooks/endpoints/ID/recover", "endpoint", { since: "SINCE" }],
    ["POST /webhooks/endpoints/ID/backfill", "endpoint", { from: "start" }],
    ["GET /webhooks/endpoints/ID/recoverable?since=SINCE", "endpoint"],
    ["GET /webhooks/endpoints/ID/jobs", "endpoint"],
    ["GET /webhooks/endpoints/ID/stats", "endpoint"],
    ["GET /webhooks/endpoints/ID/messages", "endpoint"],
    ["GET /webhooks/deliveries?endpoint=ID", "endpoint"],
    ["GET /webhooks/deliveries?before=ID", "delivery"],
    ["GET /webhooks/endpoints/OWN/messages?after=ID", "delivery"],
    ["GET /webhooks/deliveries/ID", "delivery"],
    ["POST /webhooks/deliveries/ID/resend", "delivery", {}],
    ["GET /webhooks/jobs/ID", "job"],
    ["DELETE /webhooks/jobs/ID", "job"],
  ];
  const since = new Date(Date.now() - 60_000).toISOString();

  /** The answer, with whatever names the id taken out. */
  const answer = async (ask: Ask, route: string, body: unknown, id: string, event: string) => {
    const fill = (text: string) =>
      text.replace("ID", id).replace("SINCE", since).replace("OWN", of.own).replace("EVENT", event);
    const response = await ask(
      fill(route),
      body === undefined ? undefined : JSON.parse(fill(JSON.stringify(body))),
    );
    const headers = [...response.headers].filter(([name]) => name !== "date").sort();
    return [response.status, headers, (await response.text()).replaceAll(id, "ID")];
  };

  test.each(routes)("%s is answered as if there were none, byte for byte", async (route, kind, body) => {
    const token = api.tidings.webhooks.portalToken({ account: "a", role: "manage" });
    const never = of[kind].replace(/_.{8}/, "_00000000");
    for (const ask of [asker(api, { account: "a" }), asker(api, { token })]) {
      const theirs = await answer(ask, route, body, of[kind], of.event);
      expect(theirs).toEqual(await answer(ask, route, body, never, of.event));
      expect(theirs[0]).not.toBe(500);
    }
    expect(await everythingOf(b)).toBe(before);
  });

  test("their owner is answered on each of them", async () => {
    const deletes = (route: string) => Number(route === "DELETE /webhooks/endpoints/ID");
    const deletionLast = [...routes].sort(([left], [right]) => deletes(left) - deletes(right));
    const own = await create(b, capture.url);
    await api.tidings.record({ ...aMove(2), account: "b", actor: ann });
    await api.number();
    const delivery = await onlyDelivery(b, own.id);
    for (const [route, kind, body] of deletionLast) {
      const id = { endpoint: own.id, delivery, job: of.job }[kind];
      if (route.includes("OWN")) continue;
      const [status] = await answer(b, route, body, id, of.event);
      expect([route, status]).not.toEqual([route, 404]);
    }
  });

  test("an event of theirs cannot be sent to one's own endpoint", async () => {
    const send = (event: string) =>
      answer(asker(api, { account: "a" }), `POST /webhooks/endpoints/${of.own}/send`, { event }, event, "");
    const theirs = await send(of.event);
    expect(theirs).toEqual(await send(of.event.replace(/^../, "00")));
    expect(theirs[0]).toBe(404);
  });

  test("lists show one's own", async () => {
    const a = asker(api, { account: "a" });
    expect(await (await a("GET /webhooks/endpoints")).json()).toMatchObject({ items: [{ id: of.own }] });
    expect(await (await a("GET /webhooks/deliveries")).json()).toEqual({ items: [], older: null });
    expect(await (await a(`GET /webhooks/deliveries?endpoint=${of.endpoint}`)).json()).toMatchObject({
      items: [],
    });
  });

  test("a token made with another secretKey opens nothing", async () => {
    const [token] = [Buffer.alloc(32, 6)].map((key) =>
      createPortalTokens([key]).issue({ account: "b", role: "manage" }),
    );
    for (const [route, , body] of routes) {
      const [status] = await answer(asker(api, { token: token! }), route, body, of.endpoint, of.event);
      expect([route, status]).toEqual([route, 401]);
    }
  });
});

describe("case 16: what is secret over HTTP", () => {
  const HEADER = "s3cret-of-the-customer";
  let api: TestApi;
  let capture: WebhookCapture;
  const told: string[] = [];
  beforeAll(async () => {
    capture = await captureWebhooks({ answer: () => 500 });
    api = await createTestApi({ webhooks: toLoopback });
    const names = ["webhook.failed", "webhook.breaker", "http.failed", "loop.failed"] as const;
    for (const name of names)
      api.tidings.signals.on(name, (signal: SignalMap[keyof SignalMap]) => told.push(JSON.stringify(signal)));
  });
  afterAll(async () => {
    await api.drop();
    await capture.close();
  });

  test("neither secret, header nor signature is in any answer or signal after creation", async () => {
    const service = asker(api, { account: "acme" });
    const { id, secret } = await create(service, `${capture.url}?key=in-the-query`, {
      headers: { "X-Token": HEADER, authorization: `Bearer ${HEADER}` },
    });
    await api.number();
    await api.tidings.record({ ...aMove(), account: "acme", actor: ann });
    await api.number();
    const request = await capture.next();
    expect([request.headers["x-token"], request.headers["authorization"]]).toEqual([
      HEADER,
      `Bearer ${HEADER}`,
    ]);
    const delivery = await onlyDelivery(service, id);

    const read = ["", "/stats", "/jobs"].map((rest) => `GET /webhooks/endpoints/${id}${rest}`);
    const routes = [
      ...read,
      "GET /webhooks/endpoints",
      "GET /webhooks/deliveries",
      `GET /webhooks/deliveries/${delivery}`,
    ];
    const texts = await Promise.all(routes.map(async (route) => (await service(route)).text()));
    texts.push(await (await service(`PATCH /webhooks/endpoints/${id}`, { description: "x" })).text());
    texts.push(await (await service(`POST /webhooks/deliveries/${delivery}/resend`, {})).text());
    expect(texts.join("")).toContain("X-Token");
    const signatures = request.headers["webhook-signature"]!;
    for (const text of [...texts, ...told]) {
      expect(text).not.toContain(HEADER);
      expect(text).not.toContain(secret);
      expect(text).not.toContain(secret.slice("whsec_".length));
      expect(text).not.toContain(signatures.slice("v1,".length));
    }
    expect(told).not.toEqual([]);
    for (const text of told) expect(text).not.toContain("in-the-query");
  });

  test("what is wrong with a header or a secret is told without repeating it", async () => {
    const service = asker(api, { account: "acme" });
    const url = capture.url;
    for (const more of [
      { headers: { "x-token": `${HEADER}\r\nx: y` } },
      { headers: { host: HEADER } },
      { secret: `whsec_${HEADER}` },
      { secret: `whpk_${Buffer.from(HEADER).toString("base64")}` },
    ]) {
      const response = await service("POST /webhooks/endpoints", { url, types: ["*"], ...more });
      const text = await response.text();
      expect([response.status, text.includes(HEADER)]).toEqual([422, false]);
    }
  });
});

describe("case 34: what can be learned of a private network over HTTP", () => {
  let database: TestDatabase;
  let open: { port: number; connections: number; close: () => void };
  beforeEach(async () => {
    const server = createServer((socket) => {
      open.connections++;
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    open = { port: (server.address() as AddressInfo).port, connections: 0, close: () => server.close() };
    database = await createTestPglite();
  });
  afterEach(() => open.close());

  test("an endpoint at an open port, at a closed one and at no host at all is refused alike", async () => {
    const api = await createTestApi({ database, webhooks: { secretKey } });
    const service = asker(api, { account: "acme" });
    const answers = new Set<string>();
    for (const host of [`127.0.0.1:${open.port}`, "127.0.0.1:1", "10.1.2.3", "169.254.169.254", "[::1]:9"]) {
      const url = `http://${host}/`;
      const response = await service("POST /webhooks/endpoints", { url, types: ["*"] });
      const { detail: _words, ...problem } = (await response.json()) as { detail: string; code: string };
      answers.add(JSON.stringify([response.status, problem]));
      expect(problem.code).toBe("ADDRESS_REFUSED");
    }
    expect(answers.size).toBe(1);
    expect(open.connections).toBe(0);
    await api.drop();
  });

  test("a delivery to an open port and to a closed one look alike, and no answer is shown", async () => {
    // Allowed when they were made, and no longer: what a name that moved to a private address looks like.
    const earlier = await createTestApi({ database, webhooks: toLoopback });
    const ask = asker(earlier, { account: "acme" });
    const atOpen = await create(ask, `http://127.0.0.1:${open.port}/`);
    const atClosed = await create(ask, "http://127.0.0.1:1/");
    await earlier.tidings.stop();

    const api = await createTestApi({ database, webhooks: { secretKey } });
    await api.number();
    await api.tidings.record({ ...aMove(), account: "acme", actor: ann });
    await api.number();
    const service = asker(api, { account: "acme" });
    const shown = async (endpoint: string, port: number) => {
      const id = await onlyDelivery(service, endpoint);
      const details = await (await service(`GET /webhooks/deliveries/${id}`)).json();
      const { state, failure, status, history } = details as { history: Record<string, unknown>[] } & Record<
        string,
        unknown
      >;
      const [{ startedAt: _, durationMs: __, requestHeaders: ___, ...attempt }] = history as [
        Record<string, unknown>,
      ];
      return JSON.stringify({ state, failure, status, tries: history.length, attempt }).replace(
        `:${port}/`,
        ":PORT/",
      );
    };
    const first = await shown(atOpen.id, open.port);
    expect(first).toBe(await shown(atClosed.id, 1));
    expect(JSON.parse(first)).toMatchObject({
      state: "failed",
      status: null,
      attempt: {
        failure: expect.stringMatching(/^(refused_address|bad_url)$/),
        responseHeaders: null,
        responseBody: null,
      },
    });
    expect(open.connections).toBe(0);
    await api.drop();
  });
});
