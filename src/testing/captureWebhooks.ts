import { AssertionError } from "node:assert";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LONGEST_TIMER_MS } from "../checkOptions.ts";
import { createVerifier, type ReceivedRequest, type Verdict } from "../webhooks/verifyRequest.ts";

/** What the receiver does with a request: a status, or a status with headers and a body, or trouble. */
export type CaptureAnswer =
  | number
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: string | Buffer | undefined;
    }
  | "timeout"
  | "reset";

export interface CaptureOptions {
  /** Secrets to verify with: those that `endpoints.create` returned. More can be added by `trust`. */
  secrets?: readonly string[] | undefined;
  /** What to answer. Default: 200 to everything. */
  answer?: ((request: CapturedRequest) => CaptureAnswer) | undefined;
}

export interface CapturedRequest extends ReceivedRequest {
  /** From 1, in the order of arrival. */
  readonly number: number;
  /** What the receiver knows a message by: `webhook-id`. */
  readonly id: string | undefined;
  /** The body, where it is JSON. */
  readonly json: unknown;
  /** `not_checked` while no secret is known. */
  readonly verdict: Verdict;
}

export interface WebhookCapture {
  /** What an endpoint's `url` is set to. Loopback: give `webhooks.allowAddresses` the address 127.0.0.1. */
  readonly url: string;
  /** Everything that arrived, the oldest first. */
  readonly received: readonly CapturedRequest[];
  /** Verifies with this secret too, from now on. */
  trust(secret: string): void;
  /**
   * The next request that no earlier call of `next` was given. Rejects with an AssertionError after `withinMs`, by default 5_000;
   * `Infinity` waits as long as it takes.
   */
  next(options?: { withinMs?: number | undefined }): Promise<CapturedRequest>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A receiver in this process, on a free port of 127.0.0.1: real requests over a real socket. */
export async function captureWebhooks(options: CaptureOptions = {}): Promise<WebhookCapture> {
  const secrets = [...(options.secrets ?? [])];
  let verify = createVerifier(secrets);
  const received: CapturedRequest[] = [];
  const waiting = new Set<() => void>();
  let taken = 0;

  const server = createServer((request, response) => {
    void readRequest(request).then((read) => {
      if (read === null) return;
      const captured: CapturedRequest = {
        ...read,
        number: received.length + 1,
        id: read.headers["webhook-id"],
        json: jsonIn(read.body),
        verdict: verify(read),
      };
      received.push(captured);
      answer(response, options.answer?.(captured) ?? 200);
      for (const look of waiting) look();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    trust: (secret) => {
      secrets.push(secret);
      verify = createVerifier(secrets);
    },
    next: ({ withinMs = 5_000 } = {}) => {
      const number = taken++;
      return new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const look = () => {
          const found = received[number];
          if (!found) return;
          end();
          resolve(found);
        };
        const timer = setTimeout(
          () => {
            end();
            taken--;
            reject(nothingArrived(withinMs, received));
          },
          Math.min(withinMs, LONGEST_TIMER_MS),
        );
        waiting.add(look);
        look();
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readRequest(request: IncomingMessage): Promise<ReceivedRequest | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    return null; // the sender went away
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
  return { headers, body: Buffer.concat(chunks) };
}

function answer(response: ServerResponse, how: CaptureAnswer): void {
  if (how === "timeout") return; // until the sender gives up, or close()
  if (how === "reset") return void response.socket?.resetAndDestroy();
  const { status, headers = {}, body = "" } = typeof how === "number" ? { status: how } : how;
  response.writeHead(status, headers).end(body);
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}

function nothingArrived(withinMs: number, received: readonly CapturedRequest[]): AssertionError {
  const sofar = received.length === 0 ? "Nothing came before." : `${received.length} came before.`;
  return new AssertionError({ message: `No webhook arrived within ${withinMs} ms. ${sofar}` });
}
