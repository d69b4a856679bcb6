import { once } from "node:events";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";

export interface ReceivedRequest {
  /** Request line and headers, as they came. */
  readonly head: string;
  readonly body: Buffer;
}

export interface HostileServer {
  readonly port: number;
  /** `http://127.0.0.1:port/hook`, or https. */
  readonly url: string;
  /** Every request that came in whole. */
  readonly requests: readonly ReceivedRequest[];
  /** Every connection that was made, also those on which nothing was said. */
  readonly connections: readonly Socket[];
}

export interface HostileServerOptions {
  host?: string | undefined;
  port?: number | undefined;
  tls?: TlsOptions | undefined;
  /** Sees a connection before anything is read; false keeps it from being read at all. */
  connected?: ((socket: Socket) => boolean | void) | undefined;
}

/** A server on a bare socket: what it answers, and whether that is HTTP, is up to `answer`. It ends with the test. */
export async function hostileServer(
  answer: (socket: Socket, request: ReceivedRequest) => void,
  { host = "127.0.0.1", port = 0, tls, connected }: HostileServerOptions = {},
): Promise<HostileServer> {
  const requests: ReceivedRequest[] = [];
  const connections: Socket[] = [];
  const serve = (socket: Socket): void => {
    if (tls !== undefined) connections.push(socket);
    if (connected?.(socket) === false) return;
    readRequests(socket, (request) => {
      requests.push(request);
      answer(socket, request);
    });
  };
  const server: Server = tls === undefined ? createTcpServer(serve) : createTlsServer(tls, serve);
  server.on("connection", (socket: Socket) => {
    // The client hangs up as it likes, that is what these tests are about.
    socket.on("error", () => {});
    if (tls === undefined) connections.push(socket);
    onTestEnd.push(() => socket.destroy());
  });
  const onTestEnd: (() => void)[] = [() => server.close()];
  onTestFinished(() => onTestEnd.forEach((end) => end()));
  server.on("tlsClientError", () => {});
  server.listen(port, host);
  await once(server, "listening");
  const { port: listening } = server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  const url = `${tls === undefined ? "http" : "https"}://${name}:${listening}/hook`;
  return { port: listening, url, requests, connections };
}

/** An answer as text; `body` is counted unless the headers say otherwise. */
export function answerText(
  status: string,
  headers: readonly string[] = [],
  body: string | Buffer = "",
): Buffer {
  const counted = headers.some((header) => /^(content-length|transfer-encoding):/i.test(header))
    ? []
    : [`content-length: ${Buffer.byteLength(body)}`];
  const head = [`HTTP/1.1 ${status}`, ...headers, ...counted].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), Buffer.from(body)]);
}

function readRequests(socket: Socket, received: (request: ReceivedRequest) => void): void {
  let unread = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    unread = Buffer.concat([unread, chunk]);
    for (;;) {
      const end = unread.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = unread.subarray(0, end).toString("latin1");
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (unread.length < end + 4 + length) return;
      const body = Buffer.from(unread.subarray(end + 4, end + 4 + length));
      unread = Buffer.from(unread.subarray(end + 4 + length));
      received({ head, body });
    }
  });
}
