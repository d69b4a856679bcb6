import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { authorizationOf, type TestApi } from "./testApi.ts";

/** A real server for one API: streams are about sockets. */
export async function serve(
  api: TestApi,
): Promise<{ readonly url: string; readonly port: number; close(): Promise<void> }> {
  const listener = getRequestListener(api.tidings.handler, { overrideGlobalObjects: false });
  const server: Server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Message {
  readonly id?: string | undefined;
  readonly data?: { readonly position: number; readonly subject: { readonly id: string } } | undefined;
  readonly retry?: string | undefined;
  readonly comment?: string | undefined;
}

/** Server-sent events, read as the standard says. */
export async function* messagesIn(response: Response): AsyncGenerator<Message> {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split("\n")
          .map((line) => [line.split(":")[0] || "comment", line.slice(line.indexOf(":") + 1).trim()]),
      ) as Record<string, string>;
      text = text.slice(end + 2);
      yield { ...fields, data: fields["data"] ? (JSON.parse(fields["data"]) as Message["data"]) : undefined };
    }
  }
}

/** A client that keeps its place as a browser does: the id of the last message, with or without data. */
export function createClient(url: string, query = "", cameFrom?: string) {
  let lastEventId = cameFrom;
  const connect = (signal?: AbortSignal) =>
    fetch(`${url}/live?${query}`, {
      ...(signal && { signal }),
      headers: {
        authorization: authorizationOf({}),
        ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
      },
    });
  return {
    connect,
    lastEventId: () => lastEventId,
    /** Reads until `stop` says so, then drops the connection. */
    readUntil: async (stop: (message: Message) => boolean) => {
      const connection = new AbortController();
      const response = await connect(connection.signal);
      if (!response.ok) throw new Error(`The stream was refused: ${await response.text()}`);
      const seen: NonNullable<Message["data"]>[] = [];
      for await (const message of messagesIn(response)) {
        if (message.id !== undefined) lastEventId = message.id;
        if (message.data) seen.push(message.data);
        if (stop(message)) break;
      }
      connection.abort();
      return seen;
    },
  };
}
