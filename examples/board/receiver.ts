import { createHmac, timingSafeEqual } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that came in, as the drawer at the bottom of the board shows it. */
export interface Arrival {
  readonly number: number;
  readonly at: string;
  /** The same on every try: what a real receiver would drop what it has seen by. */
  readonly messageId: string;
  readonly isSigned: boolean;
  readonly answered: number;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  /** The last ones, the oldest first. */
  arrivals(): readonly Arrival[];
  onArrival(listener: (arrival: Arrival) => void): () => void;
  /** Requests signed with it are believed from now on. */
  learn(secret: string): void;
  /** Answers 503 to everything, as a server that is down would. */
  fail(on: boolean): void;
  fails(): boolean;
  stop(): Promise<void>;
}

const KEPT = 50;
/** A webhook has at most 64 KiB of event, and a little around it. */
const MAX_BODY_BYTES = 256 * 1024;

/**
 * A customer's system in small: a server of its own that believes only what is signed. Listens on `port`, or on a free one if that is
 * taken.
 */
export async function startReceiver(port: number, known: readonly string[] = []): Promise<Receiver> {
  const secrets = new Set(known);
  const news = new EventEmitter<{ arrival: [Arrival] }>().setMaxListeners(0);
  let arrivals: Arrival[] = [];
  let count = 0;
  let failing = false;

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (body === null) return void response.writeHead(413).end();
    const headers = new Headers(request.headers as Record<string, string>);
    const signed = [...secrets].some((secret) => isSigned(secret, headers, body));
    const answered = failing ? 503 : signed ? 200 : 401;
    response.writeHead(answered, { "content-type": "application/json" }).end(JSON.stringify({ signed }));
    const arrival: Arrival = {
      number: ++count,
      at: new Date().toISOString(),
      messageId: headers.get("webhook-id") ?? "",
      isSigned: signed,
      answered,
      body,
    };
    arrivals = [...arrivals, arrival].slice(-KEPT);
    news.emit("arrival", arrival);
  };
  // Whoever hangs up in the middle of a request gets no answer.
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  await listen(server, port);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    arrivals: () => arrivals,
    onArrival: (listener) => {
      news.on("arrival", listener);
      return () => news.off("arrival", listener);
    },
    learn: (secret) => void secrets.add(secret),
    fail: (on) => void (failing = on),
    fails: () => failing,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** True when `body`, exactly as it came, was signed with `secret` (`whsec_…`) within the last five minutes. */
export function isSigned(secret: string, headers: Headers, body: string): boolean {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return (headers.get("webhook-signature") ?? "").split(" ").some((signature) => {
    const [version, value = ""] = signature.split(",");
    const given = Buffer.from(value, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** Null where it is larger than a webhook can be. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, "localhost");
    await once(server, "listening");
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (!taken || port === 0) throw error;
    await listen(server, 0);
  }
}
