import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { bodyLimits } from "../../../src/webhooks/responseBody.ts";
import { answerText, hostileServer } from "./hostileServer.ts";
import { post, testSender } from "./testSender.ts";

const MIB = 1024 * 1024;

/** Writes `chunk` as fast as it is read, until the connection ends; gives the bytes that were handed over. */
function pour(socket: Socket, chunk: Buffer): { written: number } {
  const poured = { written: 0 };
  const write = (): void => {
    while (!socket.destroyed) {
      poured.written += chunk.length;
      if (!socket.write(chunk)) break;
    }
  };
  socket.on("drain", write);
  write();
  return poured;
}

const endless: readonly [string, Buffer, Buffer][] = [
  [
    "without a length",
    answerText("200 OK", ["transfer-encoding: chunked"]),
    Buffer.concat([Buffer.from("8000\r\n"), Buffer.alloc(0x8000, "x"), Buffer.from("\r\n")]),
  ],
  ["of a gigabyte", answerText("200 OK", ["content-length: 1073741824"]), Buffer.alloc(0x8000, "x")],
  ["that ends with the connection", Buffer.from("HTTP/1.0 200 OK\r\n\r\n"), Buffer.alloc(0x8000, "x")],
];

describe("bodies of answers", () => {
  test.each(endless)(
    "case 10: an endless 2xx body (%s) is a success, cut off",
    async (_kind, head, chunk) => {
      const poured: { written: number }[] = [];
      const server = await hostileServer((socket) => {
        socket.write(head);
        poured.push(pour(socket, chunk));
      });
      const result = await post(testSender(), server.url);
      expect(result).toMatchObject({ status: 200, failure: null, detail: null, truncated: true });
      expect(result.responseBody).toEqual(Buffer.alloc(bodyLimits.keptBytes, "x"));
      // The buffers of both ends hold a few MiB; a client that went on reading would take gigabytes in two seconds.
      expect(poured[0]!.written).toBeLessThan(64 * MIB);
    },
  );

  test("case 10: memory stays flat under endless bodies", async () => {
    const chunk = Buffer.alloc(64 * 1024, "x");
    const server = await hostileServer((socket) => {
      socket.write(answerText("200 OK", ["content-length: 1073741824"]));
      pour(socket, chunk);
    });
    const sender = testSender();
    const rounds = async (count: number): Promise<number> => {
      for (let round = 0; round < count; round++) {
        await Promise.all(Array.from({ length: 16 }, () => post(sender, server.url)));
      }
      return process.memoryUsage().rss / MIB;
    };
    const before = await rounds(5);
    const after = await rounds(25);
    // 400 bodies of which 64 KiB are read and 16 KiB kept: all of them kept by mistake would be 25 MiB and more.
    expect(after - before).toBeLessThan(64);
  });

  test("case 10: an oversized body of a failure keeps the failure", async () => {
    const server = await hostileServer((socket) =>
      socket.write(answerText("500 Oops", [], Buffer.alloc(MIB, "x"))),
    );
    const result = await post(testSender(), server.url);
    expect(result).toMatchObject({ status: 500, failure: "status", detail: "answered 500", truncated: true });
    expect(result.responseBody).toHaveLength(bodyLimits.keptBytes);
  });

  test("case 10: a body of exactly what is kept is whole, one byte more is cut", async () => {
    let size: number = bodyLimits.keptBytes;
    const server = await hostileServer((socket) =>
      socket.write(answerText("200 OK", [], Buffer.alloc(size++, "x"))),
    );
    const sender = testSender();
    const results = [await post(sender, server.url), await post(sender, server.url)];
    expect(results.map(({ truncated }) => truncated)).toEqual([false, true]);
    expect(results.map(({ responseBody }) => responseBody?.length)).toEqual([16_384, 16_384]);
  });

  test("a body that is read to its end leaves the connection to the next request", async () => {
    const body = Buffer.alloc(bodyLimits.readBytes, "x");
    const server = await hostileServer((socket) => socket.write(answerText("200 OK", [], body)));
    const sender = testSender();
    for (let round = 0; round < 20; round++) await post(sender, server.url);
    // Two: a connection is free one turn of the loop after its answer.
    expect(server.connections.length).toBeLessThanOrEqual(2);
  });

  const bomb = Buffer.alloc(50 * MIB);
  const bombs: readonly [string, string, Buffer][] = [
    ["gzip", "gzip", gzipSync(bomb)],
    ["brotli", "br", brotliCompressSync(Buffer.alloc(MIB))],
    ["nested gzip", "gzip, gzip", gzipSync(gzipSync(bomb))],
  ];
  test.each(bombs)("case 11: a %s bomb is kept as it came", async (_kind, encoding, bytes) => {
    const server = await hostileServer((socket) =>
      socket.write(answerText("200 OK", [`content-encoding: ${encoding}`], bytes)),
    );
    const result = await post(testSender(), server.url);
    expect(result).toMatchObject({
      status: 200,
      failure: null,
      responseHeaders: { "content-encoding": encoding },
    });
    expect(result.responseBody).toEqual(bytes.subarray(0, bodyLimits.keptBytes));
    expect(server.requests[0]!.head).toContain("\r\naccept-encoding: identity\r\n");
  });

  test("case 12: bytes that are no text come back as they are", async () => {
    const bytes = Buffer.from([0x00, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x00, 0x0a]);
    const server = await hostileServer((socket) =>
      socket.write(answerText("200 OK", ["x-latin: caf\xe9"], bytes)),
    );
    const result = await post(testSender(), server.url);
    expect(result.responseBody).toEqual(bytes);
    // jsonb takes every character of Latin-1 but NUL, and HTTP has no NUL in a header.
    expect(result.responseHeaders).toMatchObject({ "x-latin": "caf\xe9" });
  });

  test("case 12: an answer without a body has an empty one", async () => {
    const server = await hostileServer((socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
    const result = await post(testSender(), server.url);
    expect(result).toMatchObject({ status: 204, failure: null, truncated: false });
    expect(result.responseBody).toEqual(Buffer.alloc(0));
  });
});
