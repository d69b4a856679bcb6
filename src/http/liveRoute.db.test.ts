import { connect, type AddressInfo, type Socket } from "node:net";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { aMove, ann, ben, card } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { authorizationOf, createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { createTestPglite } from "../../test/support/testDatabase.ts";
import type { LiveRun } from "../live/live.ts";
import type { Tidings } from "../tidings.ts";
import type { HttpOptions } from "./handler.ts";

const by = (actor = ann, account = "acme") => ({ actor, account });

/** A real server for one API: streams are about sockets. */
async function serve(
  api: TestApi,
): Promise<{ readonly url: string; readonly port: number; close(): Promise<void> }> {
  const listener = getRequestListener(api.tidings.handler, { overrideGlobalObjects: false });
  const server: Server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Message {
  readonly id?: string | undefined;
  readonly data?: { readonly position: number; readonly subject: { readonly id: string } } | undefined;
  readonly retry?: string | undefined;
  readonly comment?: string | undefined;
}

/** Server-sent events, read as the standard says. */
async function* messagesIn(response: Response): AsyncGenerator<Message> {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split("\n")
          .map((line) => [line.split(":")[0] || "comment", line.slice(line.indexOf(":") + 1).trim()]),
      ) as Record<string, string>;
      text = text.slice(end + 2);
      yield { ...fields, data: fields["data"] ? (JSON.parse(fields["data"]) as Message["data"]) : undefined };
    }
  }
}

/** A client that keeps its place as a browser does: the id of the last message, with or without data. */
function createClient(url: string, query = "") {
  let lastEventId: string | undefined;
  const connectOnce = async (signal?: AbortSignal) => {
    const response = await fetch(`${url}/live?${query}`, {
      ...(signal && { signal }),
      headers: {
        authorization: authorizationOf({}),
        ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
      },
    });
    return response;
  };
  return {
    connect: connectOnce,
    lastEventId: () => lastEventId,
    /** Reads until `stop` says so, then drops the connection. */
    readUntil: async (stop: (message: Message) => boolean) => {
      const connection = new AbortController();
      const response = await connectOnce(connection.signal);
      expect(response.status).toBe(200);
      const seen: NonNullable<Message["data"]>[] = [];
      for await (const message of messagesIn(response)) {
        if (message.id !== undefined) lastEventId = message.id;
        if (message.data) seen.push(message.data);
        if (stop(message)) break;
      }
      connection.abort();
      return seen;
    },
  };
}

/** Counts the streams that still follow the log. */
function countFollowers(tidings: Tidings) {
  const { liveRuns } = tidings;
  let open = 0;
  let onChange: (() => void) | undefined;
  tidings.liveRuns = async function* (query): AsyncGenerator<LiveRun, void, undefined> {
    open++;
    onChange?.();
    try {
      yield* liveRuns(query);
    } finally {
      open--;
      onChange?.();
    }
  };
  const until = (wanted: number) =>
    new Promise<void>((resolve) => {
      onChange = () => {
        if (open === wanted) resolve();
      };
      onChange();
    });
  return { until };
}

describeOnDatabases("GET /live", (open) => {
  let api: TestApi;
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    api = await createTestApi({ database: await open(), http: { heartbeatMs: 25 } });
    await api.tidings.start();
    server = await serve(api);
  });
  afterAll(async () => {
    await server.close();
    await api.drop();
  });
  const position = async () => (await api.tidings.feed({ account: "acme", limit: 1 })).position;
  const numberedAll = async () => {
    const { tidings } = api;
    const { items } = await tidings.feed({ account: "acme", limit: 1 });
    for await (const event of tidings.live({ account: "acme", after: 0 })) {
      if (event.id === items[0]!.id) return;
    }
  };

  test("misses nothing and repeats nothing through random disconnects while writers record", async () => {
    const writers = 4;
    const each = 60;
    const client = createClient(server.url, `after=${await position()}`);
    let written = 0;
    const writing = Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let n = 0; n < each; n++) {
          await api.tidings.record({ ...aMove(`${writer}-${n}`, n), ...by() });
          await api.tidings.record({ ...aMove(`foreign-${n}`), ...by(ann, "other") });
          written++;
        }
      }),
    );
    const seen: NonNullable<Message["data"]>[] = [];
    while (seen.length < writers * each) {
      let left = 1 + Math.floor(Math.random() * 25);
      const enough = writers * each - seen.length;
      let got = 0;
      seen.push(...(await client.readUntil((m) => (m.data && ++got === enough) || --left <= 0)));
    }
    await writing;
    expect(written).toBe(writers * each);
    const ids = seen.map(({ subject }) => subject.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (let writer = 0; writer < writers; writer++) {
      expect(ids.filter((id) => id.startsWith(`${writer}-`))).toHaveLength(each);
    }
    const positions = seen.map((event) => event.position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  test("begins now without a position, and a client that saw nothing yet still comes back to its place", async () => {
    const client = createClient(server.url);
    expect(await client.readUntil((message) => message.id !== undefined)).toEqual([]);
    await api.tidings.record({ ...aMove("while-away"), ...by() });
    const seen = await client.readUntil((message) => message.data !== undefined);
    expect(seen.map(({ subject }) => subject.id)).toEqual(["while-away"]);
  });

  test("the header goes before the parameter that the address still has", async () => {
    const before = await position();
    await api.tidings.record({ ...aMove("first"), ...by() }, { ...aMove("second"), ...by() });
    const client = createClient(server.url, `after=${before}`);
    expect((await client.readUntil((m) => m.data !== undefined))[0]!.subject.id).toBe("first");
    expect((await client.readUntil((m) => m.data !== undefined))[0]!.subject.id).toBe("second");
  });

  const filters: [string, string[]][] = [
    ["of=card:f1", ["f1"]],
    ["actors=user:ben", ["f2"]],
    ["types=comment.*,card.added", []],
    ["types=card_moved&severities=error,warning", ["f3"]],
    ["lanes=client,system", []],
    ["subjectTypes=card&subjects=card:f2,card:f3", ["f2", "f3"]],
  ];
  test.each(filters)("filters by %s", async (query, expected) => {
    const after = await position();
    const client = createClient(server.url, `after=${after}&${query}`);
    await api.tidings.record(
      { ...aMove("f1"), ...by() },
      { ...aMove("f2"), ...by(ben) },
      { ...aMove("f3"), ...by(), severity: "warning" },
      { ...aMove("f4"), ...by(), severity: "info" },
    );
    await numberedAll();
    const end = await position();
    // The id moves past what was not asked for: then everything was looked at.
    const seen = await client.readUntil((message) => Number(message.id) >= end);
    expect(seen.map(({ subject }) => subject.id)).toEqual(expected);
  });

  test("sends a comment while nothing happens, and moves the id when only other events happened", async () => {
    const client = createClient(server.url, "of=card:nothing-ever");
    await client.readUntil((message) => message.comment === "heartbeat");
    const before = Number(client.lastEventId());
    await api.tidings.record({ ...aMove("other"), ...by() });
    await numberedAll();
    const seen = await client.readUntil((message) => Number(message.id) > before);
    expect(seen).toEqual([]);
    expect(Number(client.lastEventId())).toBeGreaterThan(before);
  });

  test("tells proxies to pass everything on at once, and clients when to come back", async () => {
    const connection = new AbortController();
    const response = await createClient(server.url).connect(connection.signal);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    for await (const message of messagesIn(response)) {
      expect(Number(message.retry)).toBeGreaterThanOrEqual(1_000);
      break;
    }
    connection.abort();
  });

  const wrong: [string, Record<string, string>, number, string][] = [
    ["?after=999999999", {}, 400, "INVALID_CURSOR"],
    ["?after=-1", {}, 400, "INVALID_REQUEST"],
    ["", { "last-event-id": "01a1fb4a-5414" }, 400, "INVALID_CURSOR"],
    ["?since=2026-01-01", {}, 400, "INVALID_REQUEST"],
    ["?of=card", {}, 400, "INVALID_FILTER"],
  ];
  test.each(wrong)(
    "answers a problem before the stream begins: %s %o",
    async (query, headers, status, code) => {
      const response = await api.get(`/live${query}`, { headers });
      expect([response.status, response.headers.get("content-type")]).toEqual([
        status,
        "application/problem+json",
      ]);
      expect(await response.json()).toMatchObject({ code });
    },
  );

  test("many clients each get everything", async () => {
    const after = await position();
    const clients = Array.from({ length: 100 }, () =>
      createClient(server.url, `after=${after}&of=card:shared`),
    );
    const reading = clients.map((client) => {
      let got = 0;
      return client.readUntil((message) => message.data !== undefined && ++got === 20);
    });
    for (let n = 0; n < 20; n++) await api.tidings.record({ ...aMove("shared", n), ...by() });
    for (const seen of await Promise.all(reading)) expect(seen).toHaveLength(20);
  });
});

describe("a live stream's end", () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    vi.restoreAllMocks();
  });

  async function start(http: Omit<HttpOptions, "authorize"> = {}) {
    const api = await createTestApi({ database: await createTestPglite(), http });
    closing.push(api.drop);
    const followers = countFollowers(api.tidings);
    await api.tidings.start();
    const server = await serve(api);
    closing.push(server.close);
    return { api, server, followers };
  }

  test("a client that leaves is followed no longer", async () => {
    const { server, followers } = await start();
    const connection = new AbortController();
    await createClient(server.url).connect(connection.signal);
    await followers.until(1);
    connection.abort();
    await followers.until(0);
  });

  test("a body that is cancelled frees its follower, and so does a request that is aborted", async () => {
    const { api, followers } = await start();
    const response = await api.get("/live");
    await followers.until(1);
    await response.body!.cancel();
    await followers.until(0);
    const request = new AbortController();
    const aborted = await api.tidings.handler(
      new Request("https://app.example.com/live", {
        headers: { authorization: authorizationOf({}) },
        signal: request.signal,
      }),
    );
    await followers.until(1);
    const reader = aborted.body!.getReader();
    request.abort();
    while (!(await reader.read()).done);
    await followers.until(0);
  });

  test("stop() ends every stream", async () => {
    const { api, server, followers } = await start();
    const responses = await Promise.all(Array.from({ length: 20 }, () => createClient(server.url).connect()));
    await followers.until(20);
    await api.tidings.stop();
    for (const response of responses) for await (const _message of messagesIn(response));
    await followers.until(0);
  });

  test("a socket that is not read is dropped, its follower freed and its connection closed", async () => {
    vi.spyOn(console, "error").mockReturnValue(); // the server adapter reports the broken response
    const { api, server, followers } = await start({ slowConsumerMs: 50 });
    const dropped = new Promise((resolve) => api.tidings.signals.on("live.dropped", resolve));
    const socket: Socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(`GET /live HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorizationOf({})}\r\n\r\n`);
    socket.pause();
    await followers.until(1);
    // More than the socket's buffers hold: the rest has to wait for the reader.
    const note = "x".repeat(50_000);
    let gone = false;
    void dropped.then(() => (gone = true));
    for (let n = 0; !gone; n++) {
      // PGlite answers without leaving the microtasks: timers and sockets need a turn of their own.
      await new Promise((resolve) => setImmediate(resolve));
      await api.tidings.record(
        ...Array.from({ length: 20 }, (_, index) => ({
          ...aMove(`${n}-${index}`),
          ...by(),
          subject: card(`${n}-${index}`, note.slice(0, 1_000)),
          refs: {
            from: { type: "column" as const, id: "a", label: note.slice(0, 1_000) },
            to: { type: "column" as const, id: "b", label: note.slice(0, 1_000) },
          },
        })),
      );
    }
    expect(await dropped).toMatchObject({ account: "acme", position: expect.any(Number) });
    await followers.until(0);
    socket.resume();
    await closed;
  });

  test("above the limit a stream is refused, and allowed again when another one ends", async () => {
    const { api, followers } = await start({ maxStreams: 2 });
    const open = await Promise.all([api.get("/live"), api.get("/live")]);
    const refused = await api.get("/live");
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("10");
    expect(await refused.json()).toMatchObject({ code: "TOO_MANY_STREAMS" });
    await open[0].body!.cancel();
    await followers.until(1);
    const allowed = await api.get("/live");
    expect(allowed.status).toBe(200);
    for (const response of [open[1], allowed]) await response.body!.cancel();
  });

  test("a refused request and HEAD take no place", async () => {
    const { api } = await start({ maxStreams: 1 });
    for (let n = 0; n < 3; n++) {
      expect((await api.get("/live?after=999")).status).toBe(400);
      expect((await api.get("/live", { method: "HEAD" })).status).toBe(200);
    }
    const response = await api.get("/live");
    expect(response.status).toBe(200);
    await response.body!.cancel();
  });

  test("what retention took is 410, with the first position kept", async () => {
    const database = await createTestPglite();
    const api = await createTestApi({ database });
    closing.push(api.drop);
    await api.tidings.record({ ...aMove(1), ...by() }, { ...aMove(2), ...by() }, { ...aMove(3), ...by() });
    await api.number();
    await database.client.exec("delete from tidings.event_order where pos <= 2");
    const response = await api.get("/live?after=1");
    expect(response.status).toBe(410);
    expect(await response.json()).toMatchObject({
      code: "POSITION_PRUNED",
      detail: expect.stringContaining("3"),
    });
  });

  test("a stream whose events cannot be shown ends, tells the app why, and the client comes back", async () => {
    const { api, server, followers } = await start();
    const failed = new Promise((resolve) => api.tidings.signals.on("http.failed", resolve));
    vi.spyOn(api.tidings, "items").mockRejectedValue(new Error("titles unavailable"));
    const response = await createClient(server.url).connect();
    await followers.until(1);
    await api.tidings.record({ ...aMove(), ...by() });
    for await (const message of messagesIn(response)) expect(message.data).toBeUndefined();
    expect(await failed).toMatchObject({ path: "/live", error: new Error("titles unavailable") });
    await followers.until(0);
  });
});
