import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { events, invoiceSent } from "../../test/support/webhookEvents.ts";
import { createRegistry } from "../events/registry.ts";
import { exampleRecordedEvent } from "./exampleEvent.ts";
import { receiverTypes } from "./receiverTypes.ts";
import type { SigningKey } from "./scheme.ts";
import { sign } from "./schemes.ts";
import { makeSecret } from "./secrets.ts";
import { createMessageWriter } from "./writeMessage.ts";

// A receiver's project: it has the generated file, a compiler, and nothing of ours.

const USE = `
import { parseWebhook, verifyWebhook, WebhookError, type InvoiceSent, type WebhookEvent } from "./webhooks.ts";

export async function receive(headers: Headers, body: string, secret: string): Promise<string> {
  const event: WebhookEvent = await parseWebhook({ headers, body }, [secret]);
  switch (event.type) {
    case "invoice.sent": {
      const amount: number = event.data.amount;
      const currency: "EUR" | "USD" = event.data.currency;
      const label: string | null = event.refs.copies[0]?.label ?? null;
      const via: "team" | undefined = event.refs.via?.type;
      const note: string | null | undefined = event.data.note;
      const odd: "a" | number = event.data["odd-name"];
      return [amount, currency, label, via, note, odd, event.subject.id].join();
    }
    case "invoice.paid":
      return event.data.invoice;
    case "job.failed":
      return event.subject.type;
    default: {
      const none: never = event;
      return none;
    }
  }
}
export const failed = (error: unknown): boolean => error instanceof WebhookError && error.code === "SIGNATURE_REFUSED";
export const text = (body: Uint8Array): Promise<string> => verifyWebhook({ headers: { "webhook-id": "a" }, body }, "whsec_");
// @ts-expect-error a role that the type does not have
export const wrong = (event: InvoiceSent) => event.refs.nobody;
`;

/** Only where the types of Node are: its requests are taken as they are. */
const USE_IN_NODE = `
import type { IncomingMessage } from "node:http";
import { parseWebhook, type WebhookEvent } from "./webhooks.ts";

export async function receive(request: IncomingMessage, secrets: readonly string[]): Promise<WebhookEvent> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return parseWebhook({ headers: request.headers, body: Buffer.concat(chunks) }, secrets);
}
export const fetched = async (request: Request) =>
  parseWebhook({ headers: request.headers, body: await request.arrayBuffer() }, "whsec_");
`;

const root = resolve(import.meta.dirname, "../..");
const registry = createRegistry(events);
let directory: string;
let receiver: Receiver;

/** The generated module, as far as this test calls it. */
interface Receiver {
  parseWebhook(request: object, secrets: string | readonly string[], options?: object): Promise<unknown>;
  verifyWebhook(request: object, secrets: string): Promise<string>;
}

const STRICTLY =
  "--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --noUnusedLocals --module nodenext --target es2022 " +
  "--erasableSyntaxOnly --verbatimModuleSyntax --allowImportingTsExtensions --rewriteRelativeImportExtensions";
const compile = (...options: string[]) =>
  promisify(execFile)(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), ...STRICTLY.split(" "), ...options],
    { cwd: directory },
  ).catch((error: { stdout: string }) => {
    throw new Error(error.stdout);
  });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tidings-receiver-"));
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  await writeFile(join(directory, "webhooks.ts"), receiverTypes(registry));
  await writeFile(join(directory, "use.ts"), USE);
  const nodeTypes = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
  await writeFile(join(directory, "useInNode.ts"), USE_IN_NODE);
  await compile("--lib", "es2022", "--skipLibCheck", ...nodeTypes, "use.ts", "useInNode.ts");
  receiver = (await import(
    /* @vite-ignore */ pathToFileURL(join(directory, "webhooks.js")).href
  )) as unknown as Receiver;
}, 60_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

const hmac: SigningKey = makeSecret("hmac");
const ed25519 = makeSecret("ed25519");
const event = exampleRecordedEvent(invoiceSent, { account: "acme" })!;
const { body } = createMessageWriter({ registry, source: "/" }).write(event, {
  format: "standard",
  payloadVersion: 1,
})!;

function signed(keys: readonly SigningKey[], secondsAgo = 0) {
  const timestamp = Math.floor(Date.now() / 1000) - secondsAgo;
  return { headers: sign("standard", { id: "msg_1", type: event.type, timestamp, body, keys }), body };
}

describe("the receiver's module", () => {
  test("compiles with a browser's types too, and is told apart by type", async () => {
    await compile("--lib", "es2022,dom", "--types", "", "--noEmit", "use.ts");
  }, 60_000);

  test("imports nothing", () => {
    expect(receiverTypes(registry)).not.toMatch(/\bimport\b|\brequire\(/);
  });

  test("gives the event of a request signed by us, with either kind of key", async () => {
    const parsed = await receiver.parseWebhook(signed([hmac, ed25519]), hmac.secret);
    expect(parsed).toMatchObject({
      type: "invoice.sent",
      subject: { id: "inv_1001" },
      data: { amount: 12.5 },
    });
    expect(await receiver.parseWebhook(signed([hmac, ed25519]), ed25519.publicKey!)).toEqual(parsed);
    const fetched = {
      headers: new Headers(signed([hmac]).headers),
      body: body.buffer.slice(body.byteOffset, body.byteOffset + body.length),
    };
    expect(await receiver.parseWebhook(fetched, ["whsec_".padEnd(46, "A"), hmac.secret])).toEqual(parsed);
  });

  test("refuses another body, another secret, an old request and none at all, each by its code", async () => {
    const request = signed([hmac]);
    const codes = async (given: object, secret = hmac.secret) =>
      receiver.parseWebhook(given, secret).then(
        () => null,
        (error: { code: string }) => error.code,
      );
    expect(await codes(request)).toBeNull();
    const rewritten = JSON.stringify(JSON.parse(body.toString()), null, 1);
    expect(await codes({ ...request, body: rewritten })).toBe("SIGNATURE_REFUSED");
    expect(await codes(request, makeSecret("hmac").secret)).toBe("SIGNATURE_REFUSED");
    expect(await codes(request, ed25519.publicKey!)).toBe("SIGNATURE_REFUSED");
    expect(await codes(signed([hmac], 301))).toBe("TIMESTAMP_REFUSED");
    expect(await codes(signed([hmac], -302))).toBe("TIMESTAMP_REFUSED");
    expect(await codes({ headers: {}, body })).toBe("HEADERS_MISSING");
    expect(await codes(request, "topsecret")).toBe("SECRET_INVALID");
    expect(await codes(request, "whsec_")).toBe("SECRET_INVALID");
  });

  test("has the shape that an endpoint with an older payload version gets", () => {
    expect(receiverTypes(registry)).toMatch(/interface InvoicePaid [^}]*data: \{\s+readonly amount: number;/);
    expect(receiverTypes(registry, { payloadVersion: 2 })).toMatch(
      /interface InvoicePaid [^}]*data: \{\s+readonly cents: number;/,
    );
  });
});
