import { describe, expect, test } from "vitest";
import { answerText, hostileServer } from "../../test/webhooks/hostile/hostileServer.ts";
import { MESSAGE, post, testSender } from "../../test/webhooks/hostile/testSender.ts";
import { createAddressGuard } from "./addressGuard.ts";
import { createSender } from "./sendRequest.ts";

const ok = () => hostileServer((socket) => socket.write(answerText("200 OK", ["X-Seen: yes"], "thanks")));

describe("a request", () => {
  test("is one POST of exactly the bytes given, over HTTP/1.1", async () => {
    const server = await ok();
    const body = Buffer.from([0x7b, 0x00, 0xff, 0xe2, 0x80, 0xa8, 0x7d]);
    const result = await post(testSender(), `${server.url}/a%20b?c=d`, {
      body,
      headers: { "content-type": "application/json", "X-Team": "caf\xe9" },
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]!.body).toEqual(body);
    expect(server.requests[0]!.head.split("\r\n").toSorted()).toEqual(
      [
        "POST /hook/a%20b?c=d HTTP/1.1",
        `host: 127.0.0.1:${server.port}`,
        "connection: keep-alive",
        "content-type: application/json",
        "X-Team: caf\xe9",
        "user-agent: Tidings-Webhooks/0.0.0",
        "accept-encoding: identity",
        "content-length: 7",
      ].toSorted(),
    );
    expect(result).toEqual({
      status: 200,
      failure: null,
      detail: null,
      durationMs: expect.any(Number),
      responseHeaders: { "x-seen": "yes", "content-length": "6" },
      responseBody: Buffer.from("thanks"),
      truncated: false,
    });
    expect(Number.isInteger(result.durationMs)).toBe(true);
  });

  test.each([
    [200, null],
    [201, null],
    [204, null],
    [299, null],
    [300, "redirect"],
    [304, "redirect"],
    [399, "redirect"],
    [400, "status"],
    [410, "status"],
    [429, "status"],
    [500, "status"],
    [599, "status"],
    [999, "status"],
  ])("that is answered %i has the failure %s", async (status, failure) => {
    const server = await hostileServer((socket) => socket.write(answerText(`${status} -`)));
    expect(await post(testSender(), server.url)).toMatchObject({ status, failure });
  });

  test.each(["000", "001", "099", "0", "2000", "+20", "abc"])(
    "that is answered with the status %s was not answered in HTTP, which is not our fault",
    async (status) => {
      const server = await hostileServer((socket) => socket.write(answerText(`${status} -`)));
      const result = await post(testSender(), server.url);
      expect(result).toMatchObject({
        status: null,
        failure: "protocol",
        detail: "the answer is not HTTP/1.1",
      });
    },
  );

  test.each([
    ["a line break in a value", { "x-a": "b\r\nx-c: d" }],
    ["a line break in a name", { "x-a: b\r\nx-c": "d" }],
    ["NUL", { "x-a": "a\0b" }],
    ["what is not Latin-1", { "x-a": "日本" }],
    ["a second length", { "content-length": "1" }],
    ["a transfer-encoding", { "transfer-encoding": "chunked" }],
  ])("case 15: with %s in its headers is not sent", async (_kind, headers) => {
    const server = await ok();
    expect(await post(testSender(), server.url, { headers })).toMatchObject({
      status: null,
      failure: "internal",
    });
    expect(server.requests).toHaveLength(0);
  });

  test("case 15: does not let its headers replace what every request says", async () => {
    const server = await ok();
    await post(testSender(), server.url, { headers: { "user-agent": "other", "accept-encoding": "gzip" } });
    expect(server.requests[0]!.head).toMatch(/^user-agent: Tidings/m);
    expect(server.requests[0]!.head).not.toMatch(/other|gzip/);
  });

  test("to a URL that breaks a rule is not sent", async () => {
    const server = await ok();
    const sender = testSender({ httpsOnly: true });
    expect(await post(sender, server.url)).toMatchObject({
      status: null,
      failure: "bad_url",
      detail: "the URL must begin with https://",
    });
    expect(await post(sender, "not a url")).toMatchObject({ failure: "bad_url" });
    expect(await post(sender, "https://10.0.0.1/")).toMatchObject({ failure: "refused_address" });
    expect(await post(sender, "https://8.8.8.8:25/")).toMatchObject({ failure: "refused_address" });
    expect(server.connections).toHaveLength(0);
  });

  test("to a name that is not there says so", async () => {
    const sender = createSender({
      guard: createAddressGuard({ resolve: () => Promise.reject(new Error("ENOTFOUND 10.0.0.53:53")) }),
      userAgent: "-",
    });
    const result = await post(sender, "http://nowhere.example/");
    expect(result).toMatchObject({
      status: null,
      failure: "dns",
      detail: "the host's name could not be looked up",
    });
    await sender.close();
  });

  test("does not wait for others to the same host that hang", async () => {
    const server = await hostileServer((socket, { head }) => {
      if (!head.startsWith("POST /hook/hangs")) socket.write(answerText("200 OK"));
    });
    const sender = testSender();
    const hanging = Array.from({ length: 64 }, () =>
      post(sender, `${server.url}/hangs`, { timeoutMs: 2_000 }),
    );
    expect(await post(sender, server.url)).toMatchObject({ status: 200 });
    expect((await Promise.all(hanging)).every(({ failure }) => failure === "timeout")).toBe(true);
  });

  test("uses connections again", async () => {
    const server = await ok();
    const sender = testSender();
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 8 }, () => post(sender, server.url)));
    }
    expect(server.requests).toHaveLength(80);
    // Eight at a time, and as many that were not free yet.
    expect(server.connections.length).toBeLessThanOrEqual(16);
  });
});

describe("closing", () => {
  test("lets what is under way finish, and hangs up", async () => {
    let answer = (): void => {};
    let heard = (): void => {};
    const request = new Promise<void>((resolve) => (heard = resolve));
    const server = await hostileServer((socket) => {
      answer = () => socket.write(answerText("200 OK"));
      heard();
    });
    const sender = testSender();
    const result = sender.send({ url: server.url, headers: {}, body: MESSAGE, timeoutMs: 10_000 });
    await request;
    const closed = sender.close();
    answer();
    expect(await result).toMatchObject({ status: 200 });
    await closed;
    expect(server.requests).toHaveLength(1);
  });
});
