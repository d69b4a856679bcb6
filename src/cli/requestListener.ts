import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";

/** Names by which a browser on this machine reaches this machine. */
const OWN_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * A handler of web requests behind node:http, for this machine alone: another Host is answered 421. Listening on loopback keeps
 * machines out, but not the pages in this machine's browser, one of which may give its own name our address (DNS rebinding).
 */
export function requestListener(handler: (request: Request) => Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    respond(handler, incoming, outgoing).catch(() => outgoing.destroy()); // the client is gone
  };
}

type BodyOf<Init extends { body?: unknown }> = NonNullable<Init["body"]>;

async function respond(
  handler: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { host = "", ...given } = incoming.headers;
  const base = `http://${host}`;
  if (!URL.canParse(base) || !OWN_NAMES.has(new URL(base).hostname)) {
    return void outgoing.writeHead(421, { "content-type": "text/plain" }).end("Ask for localhost\n");
  }
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const headers = new Headers({ host });
  for (const [name, value] of Object.entries(given)) headers.set(name, [value].flat().join(", "));
  const { method = "GET", url = "/" } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const request = new Request(base + (url.startsWith("/") ? url : "/"), {
    method,
    headers,
    signal: gone.signal,
    ...(hasBody && { body: Readable.toWeb(incoming) as BodyOf<RequestInit>, duplex: "half" as const }),
  });
  const response = await handler(request);
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  outgoing.writeHead(response.status);
  outgoing.flushHeaders(); // a live stream may have nothing to say for a while
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing);
}
