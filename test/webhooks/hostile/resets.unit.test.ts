import type { Socket } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { answerText, hostileServer } from "./hostileServer.ts";
import { post, testSender } from "./testSender.ts";

const ENDED = { status: null, failure: "reset", detail: "the connection ended before an answer came" };

describe("connections that end", () => {
  const before: readonly [string, (socket: Socket) => void][] = [
    ["a reset before the status", (socket) => socket.resetAndDestroy()],
    ["a close before the status", (socket) => socket.destroy()],
    ["a half-close before the status", (socket) => socket.end()],
    [
      "a reset within the headers",
      (socket) => socket.write("HTTP/1.1 200 OK\r\nx-a: ", () => socket.resetAndDestroy()),
    ],
  ];
  test.each(before)("case 13: %s is one failed try", async (_kind, end) => {
    const server = await hostileServer(end);
    expect(await post(testSender(), server.url)).toMatchObject(ENDED);
    expect(server.requests).toHaveLength(1);
  });

  test("case 13: a reset within the body keeps the status that was said", async () => {
    for (const [status, failure] of [
      [200, null],
      [500, "status"],
    ] as const) {
      const server = await hostileServer((socket) => {
        socket.write(answerText(`${status} -`, ["content-length: 1000"], "beginning"));
        // Later, because a reset overtakes what was not read yet.
        setTimeout(() => socket.resetAndDestroy(), 50);
      });
      const result = await post(testSender(), server.url);
      expect(result).toMatchObject({ status, failure, truncated: true });
      expect(result.responseBody?.toString()).toBe("beginning");
      expect(server.requests).toHaveLength(1);
    }
  });

  test("case 13: a half-close after the answer is a success", async () => {
    const server = await hostileServer((socket) => socket.end(answerText("200 OK", [], "fine")));
    expect(await post(testSender(), server.url)).toMatchObject({
      status: 200,
      failure: null,
      truncated: false,
    });
  });

  test("case 13: a connection that was closed between requests is replaced, and each request sent once", async () => {
    const server = await hostileServer((socket) => socket.end(answerText("200 OK")));
    const sender = testSender();
    for (let round = 0; round < 5; round++) {
      expect(await post(sender, server.url)).toMatchObject({ status: 200 });
      const connection = server.connections.at(-1)!;
      if (!connection.closed) await once(connection, "close");
    }
    expect([server.requests.length, server.connections.length]).toEqual([5, 5]);
  });

  test("case 13: a request that meets a closing connection is one failed try, not a second request", async () => {
    // Hangs up on the second request of each connection, as a server does whose idle time ended at that moment.
    const heard = new Set<Socket>();
    const server = await hostileServer((socket) => {
      if (heard.has(socket)) socket.destroy();
      else socket.write(answerText("200 OK"));
      heard.add(socket);
    });
    const sender = testSender();
    const results = [];
    for (let round = 0; round < 20; round++) results.push(await post(sender, server.url));
    const failures = results.filter(({ failure }) => failure !== null);
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toMatchObject(ENDED);
    expect(server.requests).toHaveLength(20);
  });

  const nonsense: readonly [string, string | Buffer][] = [
    ["something else than HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n"],
    ["HTTP/2", Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])],
    ["a header of 64 KiB", `HTTP/1.1 200 OK\r\nx-large: ${"a".repeat(65_536)}\r\n\r\n`],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\naa"],
  ];
  test.each(nonsense)("%s is a failure of the protocol", async (_kind, bytes) => {
    const server = await hostileServer((socket) => socket.write(bytes));
    expect(await post(testSender(), server.url)).toMatchObject({ status: null, failure: "protocol" });
    expect(server.requests).toHaveLength(1);
  });

  test("an upgrade that nobody asked for is a failure", async () => {
    const server = await hostileServer((socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
    );
    expect((await post(testSender(), server.url)).status).toBeNull();
    expect(server.requests).toHaveLength(1);
  });

  test("fifty early hints before the answer do no harm", async () => {
    const server = await hostileServer((socket) =>
      socket.write(
        Buffer.concat([
          Buffer.from("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(50)),
          answerText("200 OK"),
        ]),
      ),
    );
    expect(await post(testSender(), server.url)).toMatchObject({ status: 200, failure: null });
  });

  test("headers named like parts of an object are headers", async () => {
    const server = await hostileServer((socket) =>
      socket.write(
        answerText("200 OK", [
          "constructor: a",
          "__proto__: b",
          "__proto__: c",
          "set-cookie: d",
          "set-cookie: e",
        ]),
      ),
    );
    const { responseHeaders } = await post(testSender(), server.url);
    expect(Object.entries(responseHeaders!)).toEqual(
      expect.arrayContaining([
        ["constructor", "a"],
        ["__proto__", ["b", "c"]],
        ["set-cookie", ["d", "e"]],
      ]),
    );
  });
});
