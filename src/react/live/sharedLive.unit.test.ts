import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RequestFailed } from "../client/requestFailed.ts";
import type { LiveItem } from "../wire.ts";
import { createSharedLive, type LiveReader } from "./sharedLive.ts";

interface Connection {
  readonly query: string;
  readonly after: number | null;
  readonly signal: AbortSignal;
  /** The server's first message: where the stream begins. */
  begin(position: number): void;
  send(...positions: number[]): void;
  end(): void;
}

let connections: Connection[];
let refusal: RequestFailed | null;

beforeEach(() => {
  connections = [];
  refusal = null;
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function request(query: string, after: number | null, signal: AbortSignal): Promise<Response> {
  if (refusal !== null) throw refusal;
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  const encoder = new TextEncoder();
  connections.push({
    query,
    after,
    signal,
    begin: (position) => controller.enqueue(encoder.encode(`retry: 2000\nid: ${position}\n\n`)),
    send: (...positions) => {
      for (const position of positions) {
        const ref = { type: "card", id: "1" };
        const item = { id: `e${position}`, position, lane: "domain", subject: ref, actor: ref };
        controller.enqueue(
          encoder.encode(`id: ${position}\nevent: event\ndata: ${JSON.stringify(item)}\n\n`),
        );
      }
    },
    end: () => controller.close(),
  });
  return new Response(body);
}

function reader(filter: LiveReader["filter"], after: number | null) {
  const got: [number, boolean][] = [];
  let lost = 0;
  return {
    got,
    lost: () => lost,
    filter,
    after,
    onItem: (item: LiveItem, certain: boolean) => void got.push([item.position, certain]),
    onLost: () => void lost++,
  };
}

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

test("readers of one filter share one connection, and each gets what comes after its own position", async () => {
  const live = createSharedLive(request);
  const [one, two] = [reader({ types: ["a"] }, 5), reader({ types: ["a"] }, 7)];
  live.follow(one);
  live.follow(two);
  await settle();
  connections[0]!.send(6, 7, 8);
  await settle();
  expect(connections.map(({ query, after }) => [query, after])).toEqual([["types=a", 5]]);
  expect(one.got.map(([position]) => position)).toEqual([6, 7, 8]);
  expect(two.got.map(([position]) => position)).toEqual([8]);
});

test("a reader that joins late gets what it has missed from memory", async () => {
  const live = createSharedLive(request);
  live.follow(reader({}, 5));
  await settle();
  connections[0]!.send(6, 7);
  await settle();
  const late = reader({}, 6);
  live.follow(late);
  await settle();
  expect([connections.length, late.got]).toEqual([1, [[7, true]]]);
});

test("a stream that began later than a reader's page is opened again from there, and only then", async () => {
  const live = createSharedLive(request);
  live.follow(reader({}, null));
  await settle();
  connections[0]!.begin(7);
  await settle();
  const covered = reader({}, 7);
  live.follow(covered);
  await settle();
  expect(connections).toHaveLength(1);
  const earlier = reader({}, 5);
  live.follow(earlier);
  await settle();
  connections[1]!.send(6, 7, 8);
  await settle();
  expect(connections.map(({ after }) => after)).toEqual([null, 5]);
  expect(earlier.got.map(([position]) => position)).toEqual([6, 7, 8]);
  expect(covered.got.map(([position]) => position)).toEqual([8]);
});

test("a reader from now on gets nothing of what others remember", async () => {
  const live = createSharedLive(request);
  live.follow(reader({}, 5));
  await settle();
  connections[0]!.send(6, 7);
  await settle();
  const late = reader({}, null);
  live.follow(late);
  await settle();
  connections[0]!.send(8);
  await settle();
  expect([connections.length, late.got]).toEqual([1, [[8, true]]]);
});

test("who follows only the state of the connection holds nothing back", async () => {
  const live = createSharedLive(request);
  live.follow(reader(null, null));
  live.follow(reader({}, 5));
  await settle();
  live.follow(reader({}, 5)); // the places are looked at once more
  await settle();
  connections[0]!.send(...Array.from({ length: 300 }, (_, index) => index + 6));
  await settle();
  live.follow(reader({}, 305));
  await settle();
  expect(connections).toHaveLength(1);
});

test("readers of different filters share a wider stream from the earliest position, and the server judges", async () => {
  const live = createSharedLive(request);
  const [one, all] = [reader({ types: ["a"] }, 5), reader({}, 3)];
  live.follow(one);
  await settle();
  connections[0]!.send(6);
  await settle();
  live.follow(all);
  await settle();
  expect(connections.map(({ query, after }) => [query, after])).toEqual([
    ["types=a", 5],
    ["lanes=domain", 3],
  ]);
  expect(connections[0]!.signal.aborted).toBe(true);
  connections[1]!.send(4, 6, 7);
  await settle();
  expect(one.got).toEqual([
    [6, true],
    [7, false],
  ]);
  expect(all.got).toEqual([
    [4, true],
    [6, true],
    [7, true],
  ]);
});

test("a connection that ends is taken up at the last position, and tells how much was caught up", async () => {
  const live = createSharedLive(request);
  const one = reader({}, 5);
  live.follow(one);
  await settle();
  connections[0]!.send(6);
  await settle();
  expect(live.status()).toEqual({ state: "live", caughtUp: null });
  connections[0]!.end();
  await settle();
  expect(live.status().state).toBe("reconnecting");
  await settle(2_000);
  expect(connections[1]!.after).toBe(6);
  connections[1]!.send(7, 8);
  await settle(500);
  expect(live.status()).toEqual({ state: "live", caughtUp: 2 });
  await settle(7_000);
  expect(live.status()).toEqual({ state: "live", caughtUp: null });
  expect(one.got.map(([position]) => position)).toEqual([6, 7, 8]);
});

test("a connection without a heartbeat is given up", async () => {
  const live = createSharedLive(request);
  live.follow(reader({}, 5));
  await settle();
  await settle(44_000);
  expect(live.status().state).toBe("live");
  await settle(2_000);
  expect(connections[0]!.signal.aborted).toBe(true);
  expect(live.status().state).toBe("reconnecting");
});

test("waits grow from failure to failure, and the server's wish goes first", async () => {
  const live = createSharedLive(request);
  refusal = new RequestFailed("NO_ANSWER", "", 0);
  live.follow(reader({}, 5));
  const waits: number[] = [];
  await settle();
  for (let times = 0; times < 3; times++) {
    const status = live.status();
    if (status.state !== "reconnecting") throw new Error(status.state);
    waits.push(status.retryAt - Date.now());
    await settle(waits.at(-1));
  }
  expect(waits).toEqual([2_000, 3_000, 4_500]);
  refusal = new RequestFailed("TOO_MANY_STREAMS", "", 503, 10_000);
  live.retry();
  await settle();
  expect(live.status()).toEqual({ state: "reconnecting", retryAt: Date.now() + 10_000 });
});

test("a server that asks for more time than a timer can wait for is left alone as long as one can", async () => {
  refusal = new RequestFailed("TOO_MANY_STREAMS", "", 503, 2 ** 31);
  const live = createSharedLive(request);
  live.follow(reader({}, 5));
  await settle();
  expect(live.status()).toEqual({ state: "reconnecting", retryAt: Date.now() + 2 ** 31 - 1 });
});

test("what is refused for good stops until the reader tries again", async () => {
  const live = createSharedLive(request);
  refusal = new RequestFailed("UNAUTHORIZED", "", 401);
  live.follow(reader({}, 5));
  await settle(60_000);
  expect(live.status()).toEqual({ state: "stopped", failure: refusal });
  refusal = null;
  live.retry();
  await settle();
  expect(connections).toHaveLength(1);
});

test("a position that the log no longer has makes readers begin anew", async () => {
  const live = createSharedLive(request);
  const one = reader({}, 5);
  refusal = new RequestFailed("POSITION_PRUNED", "", 410);
  live.follow(one);
  await settle();
  expect(one.lost()).toBe(1);
});

test("without readers there is no connection", async () => {
  const live = createSharedLive(request);
  const leave = live.follow(reader({}, 5));
  await settle();
  leave();
  await settle();
  expect(connections[0]!.signal.aborted).toBe(true);
  expect(live.status()).toEqual({ state: "off" });
});
