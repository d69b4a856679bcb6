import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { answerText, hostileServer } from "./hostileServer.ts";
import { post, testSender } from "./testSender.ts";

/** The reference asks for 500 ms; a loaded machine gets another 1,500. What is wrong by design is wrong by far more. */
const LATE_MS = 2_000;

/** Writes one byte after another until the connection ends. */
function trickle(socket: Socket, bytes: () => string): void {
  const timer = setInterval(() => socket.write(bytes()), 50);
  socket.on("close", () => clearInterval(timer));
}

describe("deadlines", () => {
  test("case 9: an endpoint that accepts and never answers is given up after the timeout", async () => {
    const server = await hostileServer(() => {});
    const result = await post(testSender(), server.url, { timeoutMs: 1_000 });
    expect(result).toMatchObject({ status: null, failure: "timeout", detail: "no answer within 1000 ms" });
    expect(result.durationMs).toBeGreaterThanOrEqual(999);
    expect(result.durationMs).toBeLessThan(1_000 + LATE_MS);
    expect(server.requests).toHaveLength(1);
  });

  test("case 9: one that does not even read is given up too, although the request never got out", async () => {
    const server = await hostileServer(() => {}, { connected: () => false });
    const result = await post(testSender(), server.url, { timeoutMs: 1_000, body: Buffer.alloc(16 << 20) });
    expect(result).toMatchObject({ status: null, failure: "timeout" });
    expect(result.durationMs).toBeLessThan(1_000 + LATE_MS);
  });

  test("case 9: headers that trickle do not extend the timeout", async () => {
    const server = await hostileServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
      trickle(socket, () => "a");
    });
    const result = await post(testSender(), server.url, { timeoutMs: 1_000 });
    expect(result).toMatchObject({ status: null, failure: "timeout" });
    expect(result.durationMs).toBeLessThan(1_000 + LATE_MS);
  });

  test("case 9: early hints without end do not extend the timeout", async () => {
    const server = await hostileServer((socket) => trickle(socket, () => "HTTP/1.1 103 Early Hints\r\n\r\n"));
    const result = await post(testSender(), server.url, { timeoutMs: 1_000 });
    expect(result).toMatchObject({ status: null, failure: "timeout" });
    expect(result.durationMs).toBeLessThan(1_000 + LATE_MS);
  });

  test("case 9: a body that trickles after 200 is left after two seconds, and is a success", async () => {
    const server = await hostileServer((socket) => {
      socket.write(answerText("200 OK", ["content-length: 1000000"]));
      trickle(socket, () => "a");
    });
    const result = await post(testSender(), server.url);
    expect(result).toMatchObject({ status: 200, failure: null, truncated: true });
    expect(result.durationMs).toBeLessThan(2_000 + LATE_MS);
    expect(result.responseBody?.toString()).toMatch(/^a+$/);
  });

  test("case 9: a body that trickles is left at the timeout where that is sooner", async () => {
    const server = await hostileServer((socket) => {
      socket.write(answerText("500 Oops", ["transfer-encoding: chunked"]));
      trickle(socket, () => "1\r\na\r\n");
    });
    const result = await post(testSender(), server.url, { timeoutMs: 1_000 });
    expect(result).toMatchObject({ status: 500, failure: "status", truncated: true });
    expect(result.durationMs).toBeLessThan(1_000 + LATE_MS);
  });

  test("case 9: a name that the DNS never answers is given up at the timeout", async () => {
    const sender = testSender({ resolve: () => new Promise(() => {}) });
    const result = await post(sender, "http://silent.example/", { timeoutMs: 1_000 });
    expect(result).toMatchObject({ status: null, failure: "timeout" });
    expect(result.durationMs).toBeLessThan(1_000 + LATE_MS);
  });

  test("a request that was given up while it waited for its connection is never sent", async () => {
    let answerLookUp = (_addresses: readonly string[]): void => {};
    const lookUp = new Promise<readonly string[]>((resolve) => (answerLookUp = resolve));
    const sender = testSender({ resolve: () => lookUp });
    let told = (): void => {};
    const connected = new Promise<void>((resolve) => (told = resolve));
    const server = await hostileServer((socket) => socket.write(answerText("200 OK")), {
      connected: () => told(),
    });
    const url = `http://slow.example:${server.port}/`;

    expect(await post(sender, url, { timeoutMs: 100 })).toMatchObject({ failure: "timeout" });
    answerLookUp(["127.0.0.1"]);
    await connected;
    expect(await post(sender, url, { body: Buffer.from("second") })).toMatchObject({ status: 200 });
    expect(server.requests.map(({ body }) => body.toString())).toEqual(["second"]);
  });
});
