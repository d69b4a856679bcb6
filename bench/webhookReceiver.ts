import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answer } from "./childProcess.ts";

// The customers' systems of the webhook benches, in a process of its own. By path: /ok answers 200 at once, /hang never
// answers, /endless answers 200 and a body without an end, /bomb one of gzip that unpacks to a thousand times its size.

/** What was received under /ok since the last `reset`. */
export interface Received {
  readonly count: number;
  /** From the moment in the event's data to the arrival of the whole body, milliseconds. One machine, so one clock. */
  readonly latencies: readonly number[];
}

const CHUNK = Buffer.alloc(64 * 1024, "x");

let count = 0;
let latencies: number[] = [];
let measured = false;
let waiting: { count: number; resolve: () => void } | undefined;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => respond(request, response, chunks));
});

function respond({ url = "" }: IncomingMessage, response: ServerResponse, chunks: readonly Buffer[]): void {
  if (url.startsWith("/hang")) return;
  if (url.startsWith("/endless")) return pour(response);
  if (url.startsWith("/bomb")) {
    response.writeHead(200, { "content-encoding": "gzip" });
    return void response.end(CHUNK);
  }
  if (measured) latencies.push(Date.now() - sentAt(Buffer.concat(chunks).toString()));
  response.end("ok");
  if (++count === waiting?.count) waiting.resolve();
}

function pour(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(CHUNK));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}

function sentAt(body: string): number {
  const { data } = JSON.parse(body) as { data: { reason: string } };
  return Number(data.reason);
}

answer(
  {
    start: async () => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    reset: (measure: boolean) => {
      count = 0;
      latencies = [];
      measured = measure;
    },
    /** Resolves when so many requests have come since the last `reset`. */
    until: (wanted: number) =>
      count >= wanted
        ? undefined
        : new Promise<void>((resolve) => {
            waiting = { count: wanted, resolve };
          }),
    received: (): Received => ({ count, latencies }),
  },
  async () => {
    server.closeAllConnections();
    server.close();
  },
);
