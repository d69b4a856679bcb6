import fc from "fast-check";
import { request, Agent, buildConnector } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { answerText, hostileServer } from "../../test/webhooks/hostile/hostileServer.ts";
import { post, testSender } from "../../test/webhooks/hostile/testSender.ts";
import { createAddressGuard } from "./addressGuard.ts";

const REFUSED = { status: null, failure: "refused_address" };

const ok = () => hostileServer((socket) => socket.write(answerText("200 OK")));

/** Answers one list after the other, and the last one for ever. */
function answers(...lists: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const resolve = async (name: string) => lists[Math.min(asked.push(name), lists.length) - 1]!;
  return { resolve, asked };
}

describe("addresses", () => {
  const { check } = createAddressGuard();

  const refused = {
    "this network": ["0.0.0.0", "0.1.2.3"],
    private: ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"],
    "carrier's": ["100.64.0.1", "100.100.100.200", "100.127.255.255"],
    loopback: ["127.0.0.1", "127.255.255.254", "::1"],
    "link-local and metadata": ["169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1"],
    "protocol assignments and documentation": [
      "192.0.0.192",
      "192.0.2.1",
      "198.51.100.1",
      "203.0.113.1",
      "2001:db8::1",
      "3fff::1",
    ],
    "benchmarks and relays": ["198.18.0.1", "198.19.255.255", "192.88.99.1", "2001:2::1"],
    "multicast and reserved": ["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "ff02::1"],
    "cloud hosts on public addresses": ["168.63.129.16"],
    "unique local": ["fc00::1", "fd00:ec2::254", "fd20:ce::254", "fec0::1"],
    "unspecified and discarded": ["::", "100::1", "5f00::1"],
    "IPv4 in IPv6": [
      "::127.0.0.1",
      "::7f00:1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::ffff:a9fe:a9fe",
      "::ffff:0:127.0.0.1",
    ],
    translations: [
      "64:ff9b::a9fe:a9fe",
      "64:ff9b::8.8.8.8",
      "64:ff9b:1::1",
      "2002:a9fe:a9fe::",
      "2001:0:53aa::1",
      "2001:20::1",
    ],
    "not given out": ["1::1", "4000::1", "8000::1", "e000::1"],
    "no address": [
      "",
      "localhost",
      "1.2.3",
      "2130706433",
      "0x7f.1",
      "017700000001",
      "[::1]",
      "1.2.3.4 ",
      "8.8.8.8%eth0",
    ],
  };
  test.each(Object.entries(refused))("case 8: refused is what is %s", (_kind, addresses) => {
    expect(addresses.filter(check)).toEqual([]);
  });

  test("case 8: public addresses are permitted, also just outside of what is refused", () => {
    const permitted = [
      [
        "8.8.8.8",
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
      ],
      [
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
      ],
      [
        "198.20.0.0",
        "223.255.255.255",
        "168.63.129.15",
        "168.63.129.17",
        "::ffff:8.8.8.8",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
      ],
    ].flat();
    expect(permitted.filter((address) => !check(address))).toEqual([]);
  });

  test("case 8: an IPv4 address and its spelling in IPv6 are judged alike", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(check(`::ffff:${address}`)).toBe(check(address));
        expect([check(`::${address}`), check(`64:ff9b::${address}`)]).toEqual([false, false]);
      }),
    );
  });

  test("what the operator allows is permitted in every spelling, and nothing beside it", () => {
    const guard = createAddressGuard({
      allow: ["10.1.0.0/16", "127.0.0.1", "fd00:1::/32", "::ffff:192.168.7.0/120"],
    });
    expect(
      ["10.1.0.0", "10.1.255.255", "127.0.0.1", "::ffff:10.1.2.3", "fd00:1::5", "192.168.7.9"].filter(
        (a) => !guard.check(a),
      ),
    ).toEqual([]);
    expect(
      ["10.0.255.255", "10.2.0.0", "127.0.0.2", "::1", "fd00:2::5", "192.168.8.0", "::10.1.2.3"].filter(
        guard.check,
      ),
    ).toEqual([]);
  });

  test("what the operator denies is refused, although it is public or allowed", () => {
    const guard = createAddressGuard({
      allow: ["10.0.0.0/8", "0.0.0.0/0"],
      deny: ["10.9.0.0/16", "8.8.8.8"],
    });
    expect([
      guard.check("10.9.1.1"),
      guard.check("8.8.8.8"),
      guard.check("10.8.1.1"),
      guard.check("8.8.4.4"),
    ]).toEqual([false, false, true, true]);
  });

  test.each([
    "10.1/16",
    "10.0.0.0/33",
    "10.0.0.0/",
    "::/129",
    "10.0.0.0/8/8",
    "intranet",
    "",
    "10.0.0.0/-1",
    "fe80::1%eth0",
  ])("the option %j is refused, because a rule that matches something else is worse than none", (text) => {
    for (const option of ["allow", "deny"]) {
      expect(() => createAddressGuard({ [option]: [text] })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
    }
  });
});

describe("opened for this machine", () => {
  test("loopback is allowed in every spelling, by an endpoint's URL too, and nothing else is", () => {
    const guard = createAddressGuard();
    const own = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"];
    expect(own.filter(guard.check)).toEqual([]);
    guard.openLoopback();
    expect(own.filter((address) => !guard.check(address))).toEqual([]);
    for (const host of ["localhost", "[::1]", "2130706433"])
      expect(guard.checkUrl(`http://${host}:4400/`).port).toBe("4400");
    const others = ["10.0.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "fd00::1", "::127.0.0.1"];
    expect(others.filter(guard.check)).toEqual([]);
    expect(() => guard.checkUrl("http://127.0.0.1:5432/")).toThrow(
      expect.objectContaining({ code: "ADDRESS_REFUSED" }),
    );
  });

  test("what the app allows and denies stays so", () => {
    const guard = createAddressGuard({ allow: ["10.1.0.0/16"], deny: ["127.0.0.9"] });
    guard.openLoopback();
    expect([guard.check("10.1.2.3"), guard.check("127.0.0.9"), guard.check("127.0.0.1")]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe("connections", () => {
  test("case 7: an address is judged when it is connected to: a name that moves is refused", async () => {
    const outside = await ok();
    const inside = await hostileServer((socket) => socket.end(answerText("200 OK")), {
      host: "127.0.0.2",
      port: outside.port,
    });
    const { resolve, asked } = answers(["127.0.0.1"], ["127.0.0.2"]);
    const url = `http://moving.example:${outside.port}/`;

    expect(await post(testSender({ resolve }), url)).toMatchObject({ status: 200 });
    expect(asked).toEqual(["moving.example"]);
    expect(await post(testSender({ resolve }), url)).toMatchObject({
      ...REFUSED,
      detail: "the URL leads to an address that webhooks may not reach",
    });
    expect([outside.requests.length, inside.connections.length]).toEqual([1, 0]);
  });

  test("case 7: the connection goes to the answer that was judged, not to a later one", async () => {
    const outside = await ok();
    const inside = await hostileServer(() => {}, { host: "127.0.0.2", port: outside.port });
    const { resolve, asked } = answers(["127.0.0.1"], ["127.0.0.2"]);
    await post(testSender({ resolve }), `http://moving.example:${outside.port}/`);
    expect([asked.length, outside.connections.length, inside.connections.length]).toEqual([1, 1, 0]);
  });

  // 127.0.0.1 stands for what is public, the rest of loopback for what is private: a guard that fails dials nobody outside.
  const mixed = [
    ["a private address after a public one", ["127.0.0.1", "127.0.0.2"]],
    ["a private address before a public one", ["127.0.0.2", "127.0.0.1"]],
    ["a private IPv6 address beside a public IPv4 one", ["127.0.0.1", "::1"]],
    ["an IPv6 spelling of a private address", ["127.0.0.1", "::ffff:127.0.0.2"]],
    ["something that is no address", ["127.0.0.1", "127.2"]],
  ] as const;
  test.each(mixed)("case 7: %s refuses the whole name", async (_kind, addresses) => {
    const server = await ok();
    const inside = await hostileServer((socket) => socket.end(answerText("200 OK")), {
      host: "127.0.0.2",
      port: server.port,
    });
    const sender = testSender({ resolve: async () => addresses });
    expect(await post(sender, `http://mixed.example:${server.port}/`)).toMatchObject(REFUSED);
    expect([...server.connections, ...inside.connections]).toEqual([]);
  });

  test("case 7: a name without addresses is a failure of the DNS", async () => {
    const sender = testSender({ resolve: async () => [] });
    expect(await post(sender, "http://empty.example/")).toMatchObject({ status: null, failure: "dns" });
  });

  test("case 8: an address in place of a name is judged although it is never looked up", async () => {
    const server = await ok();
    const { resolve, asked } = answers(["127.0.0.1"]);
    const agent = new Agent({ connect: createAddressGuard({ resolve }).connector(buildConnector) });
    onTestFinished(() => agent.close());
    const spellings = [
      "127.0.0.1",
      "2130706433",
      "0x7f.1",
      "017700000001",
      "127.1",
      "0",
      "１２７.0.0.1",
      "[::1]",
      "[::ffff:7f00:1]",
      "[::ffff:127.0.0.1]",
      "[::]",
      "localhost",
      "LOCALHOST",
      "localhost.",
      "a.localhost",
    ];
    for (const host of spellings) {
      const answer = request(`http://${host}:${server.port}/`, { dispatcher: agent });
      await expect(answer, host).rejects.toMatchObject({ failure: "refused_address" });
    }
    expect([asked, server.connections]).toEqual([[], []]);
  });

  test("localhost is this machine without asking anybody, where that is allowed", async () => {
    const server = await ok();
    const { resolve, asked } = answers(["127.0.0.2"]);
    expect(await post(testSender({ resolve }), `http://localhost:${server.port}/`)).toMatchObject({
      status: 200,
    });
    expect(asked).toEqual([]);
  });

  test("case 32: a port that is denied is not connected to either", async () => {
    const server = await ok();
    const guard = createAddressGuard({ allow: ["127.0.0.1"], denyPorts: [server.port] });
    const agent = new Agent({ connect: guard.connector(buildConnector) });
    onTestFinished(() => agent.close());
    await expect(request(`http://127.0.0.1:${server.port}/`, { dispatcher: agent })).rejects.toMatchObject({
      failure: "refused_address",
    });
    expect(server.connections).toHaveLength(0);
  });

  test("case 34: what is refused tells neither an address nor how long somebody took to answer", async () => {
    const sender = testSender({ resolve: async () => ["127.0.0.2"] });
    const [named, literal] = [
      await post(sender, "http://db.example:8080/"),
      await post(sender, "http://127.0.0.2:8080/"),
    ];
    for (const { status, failure, detail, responseHeaders, responseBody } of [named, literal]) {
      expect([status, failure, responseHeaders, responseBody]).toEqual([null, "refused_address", null, null]);
      expect(detail).not.toMatch(/127\.|8080/);
    }
  });
});
