import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { createResolve } from "./resolve.ts";

const A = 1;
const AAAA = 28;
const SERVFAIL = 2;
const NXDOMAIN = 3;

interface Reply {
  readonly code?: number;
  readonly records?: readonly { readonly bytes: readonly number[]; readonly ttl: number }[];
}

/** A DNS server on this machine; `reply` of null is silence. */
async function dnsServer(reply: (name: string, type: number) => Reply | null) {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, end } = readName(query, 12);
    const type = query.readUInt16BE(end);
    asked.push(`${type === A ? "A" : "AAAA"} ${name}`);
    const answer = reply(name, type);
    if (answer !== null)
      socket.send(write(query.subarray(0, end + 4), type, answer), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return { asked, servers: [`127.0.0.1:${socket.address().port}`] };
}

const v4 = (bytes: readonly number[], ttl = 60): Reply => ({ records: [{ bytes, ttl }] });
const v6 = (last: number): Reply => ({
  records: [{ bytes: [0x2a, 0, ...Array<number>(13).fill(0), last], ttl: 60 }],
});

describe("names", () => {
  test("all addresses of both families are given, IPv4 first", async () => {
    const { servers } = await dnsServer((_name, type) =>
      type === A ? { records: [...v4([192, 0, 2, 1]).records!, ...v4([10, 0, 0, 1]).records!] } : v6(1),
    );
    expect(await createResolve({ servers })("a.example")).toEqual(["192.0.2.1", "10.0.0.1", "2a00::1"]);
  });

  test("one family is enough", async () => {
    const { servers } = await dnsServer((_name, type) => (type === AAAA ? v6(1) : {}));
    expect(await createResolve({ servers })("a.example")).toEqual(["2a00::1"]);
  });

  test.each([
    ["does not exist", { code: NXDOMAIN }, "the host's name has no address"],
    ["has no address", {}, "the host's name has no address"],
    ["nobody can answer for", { code: SERVFAIL }, "the DNS gave no answer for the host's name"],
  ])("a name that %s fails by that", async (_kind, reply, detail) => {
    const { servers } = await dnsServer(() => reply);
    await expect(createResolve({ servers })("a.example")).rejects.toMatchObject({ failure: "dns", detail });
  });

  test("case 9: a server that is silent is given up after the timeout", async () => {
    const { servers } = await dnsServer(() => null);
    await expect(createResolve({ servers, timeoutMs: 300 })("a.example")).rejects.toMatchObject({
      failure: "dns",
    });
  });

  test("a server that is silent for one family only does not take the other away", async () => {
    const { servers } = await dnsServer((_name, type) => (type === A ? v4([192, 0, 2, 1]) : null));
    expect(await createResolve({ servers, timeoutMs: 300 })("a.example")).toEqual(["192.0.2.1"]);
  });

  test("a name is asked for once, by all who want it at the same time and after", async () => {
    const { servers, asked } = await dnsServer((_name, type) => (type === A ? v4([192, 0, 2, 1]) : {}));
    const resolve = createResolve({ servers });
    await Promise.all([resolve("a.example"), resolve("a.example")]);
    await resolve("a.example");
    expect(asked.toSorted()).toEqual(["A a.example", "AAAA a.example"]);
  });

  test("an answer is asked for again when its time is over, but not before a second", async () => {
    let now = 0;
    let last = 1;
    const { servers } = await dnsServer((_name, type) => (type === A ? v4([192, 0, 2, last++], 0) : {}));
    const resolve = createResolve({ servers, clock: () => now });
    expect(await resolve("a.example")).toEqual(["192.0.2.1"]);
    now = 999;
    expect(await resolve("a.example")).toEqual(["192.0.2.1"]);
    now = 1_001;
    expect(await resolve("a.example")).toEqual(["192.0.2.2"]);
  });

  test("an answer is asked for again after half a minute, whatever it says", async () => {
    let now = 0;
    let last = 1;
    const { servers } = await dnsServer((_name, type) => (type === A ? v4([192, 0, 2, last++], 86_400) : {}));
    const resolve = createResolve({ servers, clock: () => now });
    expect(await resolve("a.example")).toEqual(["192.0.2.1"]);
    now = 30_001;
    expect(await resolve("a.example")).toEqual(["192.0.2.2"]);
  });

  test("no more than a thousand names are kept", async () => {
    const { servers, asked } = await dnsServer((_name, type) => (type === A ? v4([192, 0, 2, 1]) : {}));
    const resolve = createResolve({ servers });
    await resolve("first.example");
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => resolve(`n${batch}-${n}.example`)));
    }
    await resolve("first.example");
    expect(asked.filter((question) => question === "A first.example")).toHaveLength(2);
  });
});

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = message[at]!; length > 0; length = message[at]!) {
    labels.push(message.subarray(at + 1, at + 1 + length).toString("latin1"));
    at += length + 1;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}

function write(question: Buffer, type: number, { code = 0, records = [] }: Reply): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  const answers = records.map(({ bytes, ttl }) => {
    const record = Buffer.alloc(12 + bytes.length);
    // 0xc00c points at the name in the question.
    [0xc00c, type, 1].forEach((value, n) => record.writeUInt16BE(value, n * 2));
    record.writeUInt32BE(ttl, 6);
    record.writeUInt16BE(bytes.length, 10);
    record.set(bytes, 12);
    return record;
  });
  return Buffer.concat([head, ...answers]);
}
