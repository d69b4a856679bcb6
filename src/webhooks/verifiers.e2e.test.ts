import { createPublicKey, verify } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { verify as verifyGithub } from "@octokit/webhooks-methods";
import { HTTP, type CloudEvent } from "cloudevents";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cardMoved, events } from "../../test/support/boardEvents.ts";
import { createRegistry } from "../events/registry.ts";
import type { PayloadFormat, SignatureScheme } from "./endpoint.ts";
import { exampleRecordedEvent } from "./exampleEvent.ts";
import type { SigningKey } from "./scheme.ts";
import { sign } from "./schemes.ts";
import { makeSecret } from "./secrets.ts";
import { createMessageWriter } from "./writeMessage.ts";

// Libraries that know nothing of us read what came out of a socket.

interface Arrival {
  readonly headers: Record<string, string>;
  /** The bytes as the socket gave them. */
  readonly body: Buffer;
}

interface Sending {
  readonly keys: readonly SigningKey[];
  readonly scheme?: SignatureScheme | undefined;
  readonly format?: PayloadFormat | undefined;
  readonly compat?: boolean | undefined;
  /** Default: the event's. */
  readonly bytes?: Buffer | undefined;
}

const writer = createMessageWriter({
  registry: createRegistry(events),
  source: "https://board.example/",
});
const event = {
  ...exampleRecordedEvent(cardMoved, { account: "acme" })!,
  // What a serialiser in between would write otherwise: escapes, line separators, the order of keys, numbers.
  data: {
    note: '</script> é 😀 \u2028 \\u0000 "q"',
    position: 1e21,
    b: 1,
    a: [1.5, -0.001],
    __proto__: null,
  },
};
const hmac: SigningKey = makeSecret("hmac");
const older: SigningKey = makeSecret("hmac");
const ed25519 = makeSecret("ed25519");

let server: Server;
let url: string;
const waiting: ((arrival: Arrival) => void)[] = [];

beforeAll(async () => {
  server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    response.end();
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    );
    waiting.shift()!({ headers, body: Buffer.concat(chunks) });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));

/** Signs and sends as the worker does, and gives what arrived. */
async function send(sending: Sending): Promise<Arrival> {
  const { keys, scheme = "standard", format = "standard", compat } = sending;
  const message = writer.write(event, { format, payloadVersion: 1 })!;
  const { contentType, headers, type } = message;
  const body = sending.bytes ?? message.body;
  const timestamp = Math.floor(Date.now() / 1000);
  const signed = sign(scheme, { id: "msg_1VQ8mHn3S7kzYw2Xc4Rf9T", type, timestamp, body, keys }, compat);
  const arrived = new Promise<Arrival>((resolve) => waiting.push(resolve));
  const response = await request(url, {
    method: "POST",
    headers: { ...headers, ...signed, "content-type": contentType },
    body,
  });
  await response.body.dump();
  return arrived;
}

/** The same JSON, written by somebody else: what a framework that parses first would verify. */
function rewritten({ headers, body }: Arrival): Arrival {
  return { headers, body: Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1)) };
}

const spki = (publicKey: string) =>
  createPublicKey({
    key: Buffer.concat([
      Buffer.from("302a300506032b6570032100", "hex"),
      Buffer.from(publicKey.slice("whpk_".length), "base64"),
    ]),
    format: "der",
    type: "spki",
  });

/** Each throws, or is false, for what it does not accept. */
const verifiers: Record<string, (arrival: Arrival, secret: string) => unknown> = {
  standardwebhooks: ({ headers, body }, secret) => new Webhook(secret).verify(body, headers),
  svix: ({ headers, body }, secret) => new SvixWebhook(secret).verify(body, headers),
  stripe: ({ headers, body }, secret) =>
    Stripe.webhooks.constructEvent(body, headers["stripe-signature"]!, secret),
  "@octokit/webhooks-methods": ({ headers, body }, secret) =>
    verifyGithub(secret, body.toString(), headers["x-hub-signature-256"]!),
};

async function accepts(name: string, arrival: Arrival, secret: string): Promise<boolean> {
  try {
    return (await verifiers[name]!(arrival, secret)) !== false;
  } catch {
    return false;
  }
}

describe("case 3: the bytes signed are the bytes sent", () => {
  test.each(Object.keys(verifiers))("one delivery with all headers passes %s", async (name) => {
    const arrival = await send({ keys: [hmac], compat: true });
    expect(await accepts(name, arrival, hmac.secret)).toBe(true);
    expect(await accepts(name, rewritten(arrival), hmac.secret)).toBe(false);
    expect(await accepts(name, arrival, older.secret)).toBe(false);
  });

  test.each([
    ["standard", "standardwebhooks"],
    ["stripe", "stripe"],
    ["github", "@octokit/webhooks-methods"],
  ] as const)("the scheme %s alone passes %s, in every format", async (scheme, name) => {
    for (const format of ["standard", "thin", "cloudevents", "cloudevents-binary", "slack"] as const) {
      const arrival = await send({ keys: [hmac], scheme, format });
      expect([format, await accepts(name, arrival, hmac.secret)]).toEqual([format, true]);
    }
  });

  test.each([
    ["no order of keys, a key twice", '{"z":1,"a":2,"z":3}'],
    ["spaces and line ends", '{ "a" :\t1,\r\n"b": [ ] }\n'],
    ["numbers that nobody would write", '{"a":1e400,"b":-0.0,"c":1E+2,"d":0.10,"e":12345678901234567890}'],
    ["escapes that need not be", '{"a":"\\u0000\\u0041\\/\\ud83d\\ude00","b":"\u2028</script>"}'],
  ])("JSON with %s is signed as it is", async (_what, text) => {
    const arrival = await send({ keys: [hmac], compat: true, bytes: Buffer.from(text) });
    expect(arrival.body.toString()).toBe(text);
    for (const name of Object.keys(verifiers)) {
      expect([name, await accepts(name, arrival, hmac.secret)]).toEqual([name, true]);
      expect([name, await accepts(name, rewritten(arrival), hmac.secret)]).toEqual([name, false]);
    }
  });

  test("what arrives is the message, byte for byte", async () => {
    const { body } = await send({ keys: [hmac] });
    expect(body).toEqual(writer.write(event, { format: "standard", payloadVersion: 1 })!.body);
    expect(JSON.parse(body.toString())).toMatchObject({ type: "card.moved", data: { position: 1e21 } });
  });
});

describe("ed25519", () => {
  const verifies = ({ headers, body }: Arrival): boolean => {
    const signature = headers["webhook-signature"]!.split(" ").find((part) => part.startsWith("v1a,"))!;
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`;
    return verify(
      null,
      Buffer.concat([Buffer.from(signed), body]),
      spki(ed25519.publicKey!),
      Buffer.from(signature.slice(4), "base64"),
    );
  };

  test("node:crypto verifies it with the public key, and not a body that was written anew", async () => {
    const arrival = await send({ keys: [ed25519], scheme: "standard-ed25519" });
    expect(verifies(arrival)).toBe(true);
    expect(verifies(rewritten(arrival))).toBe(false);
  });
});

describe("case 2: during a rotation", () => {
  test.each(["standardwebhooks", "svix", "stripe"])(
    "%s passes with the old secret and the new",
    async (name) => {
      const arrival = await send({ keys: [hmac, older, ed25519], compat: true });
      expect(await accepts(name, arrival, hmac.secret)).toBe(true);
      expect(await accepts(name, arrival, older.secret)).toBe(true);
      const after = await send({ keys: [hmac], compat: true });
      expect(await accepts(name, after, older.secret)).toBe(false);
    },
  );
});

describe("CloudEvents", () => {
  test.each(["cloudevents", "cloudevents-binary"] as const)(
    "the SDK reads and validates %s",
    async (format) => {
      const arrival = await send({ keys: [hmac], format });
      const read = HTTP.toEvent({
        headers: arrival.headers,
        body: arrival.body.toString(),
      }) as CloudEvent<object>;
      expect(read.validate()).toBe(true);
      expect(read).toMatchObject({
        specversion: "1.0",
        id: event.id,
        source: "https://board.example/",
        type: "card.moved",
        subject: "card:1",
        data: { id: event.id, subject: { type: "card", id: "1" }, data: { b: 1 } },
      });
    },
  );
});
