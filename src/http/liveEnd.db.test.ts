import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { aMove, ann, card } from "../../test/support/boardEvents.ts";
import { createClient, messagesIn, serve } from "../../test/support/liveClient.ts";
import { authorizationOf, createTestApi, identityIn } from "../../test/support/testApi.ts";
import { createTestPglite } from "../../test/support/testDatabase.ts";
import type { LiveRun } from "../live/channels.ts";
import type { Tidings } from "../tidings.ts";
import type { HttpOptions } from "./handler.ts";

const by = () => ({ actor: ann, account: "acme" });

describe("a live stream's end", () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    vi.restoreAllMocks();
  });

  async function start({ authorize, ...http }: HttpOptions = {}) {
    const api = await createTestApi({ database: await createTestPglite(), http, authorize });
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

  test("one that is old ends, and its client is asked anew who it is before it goes on where it was", async () => {
    const cameFrom: (string | null)[] = [];
    const { api, server, followers } = await start({
      maxStreamMs: 250,
      authorize(request) {
        cameFrom.push(request.headers.get("last-event-id"));
        return identityIn(request);
      },
    });
    const client = createClient(server.url, "after=0");
    const seen: { readonly position: number; readonly subject: { readonly id: string } }[] = [];
    let connections = 0;
    // Each stream ends by itself, on a busy machine before it has brought anything.
    const readUpTo = async (count: number) => {
      while (seen.length < count) {
        connections++;
        seen.push(...(await client.readUntil(() => false)));
        await followers.until(0);
      }
    };
    await api.tidings.record({ ...aMove("before"), ...by() });
    await readUpTo(1);
    const connectionsBefore = connections;
    await api.tidings.record({ ...aMove("meanwhile"), ...by() });
    await readUpTo(2);

    expect(seen.map(({ subject }) => subject.id)).toEqual(["before", "meanwhile"]);
    expect(cameFrom, "asked once for each stream").toHaveLength(connections);
    expect(cameFrom[0]).toBeNull();
    expect(cameFrom[connectionsBefore]).toBe(String(seen[0]!.position));
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
