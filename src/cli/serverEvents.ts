import { inputLines } from "./inputLines.ts";
import type { LiveItem } from "./liveItem.ts";
import type { Server } from "./server.ts";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** A server's live stream, from its server-sent events. Comes back after a lost connection where it was cut off. */
export async function* serverItems(
  server: Server,
  query: URLSearchParams,
  signal: AbortSignal,
  onLost: (reason: string, retryInMs: number) => void,
): AsyncGenerator<LiveItem, void, undefined> {
  let lastId: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    const headers = { accept: "text/event-stream", ...(lastId !== undefined && { "last-event-id": lastId }) };
    let reason = "the server ended the stream";
    try {
      // The first answer decides whether the request is right; later ones only whether the server is back.
      const open = lastId === undefined && failures === 0 ? server.ask : server.request;
      const response = await open(`/live?${query}`, { headers, signal });
      if (response.ok && response.body) {
        for await (const message of messages(response.body)) {
          failures = 0;
          lastId = message.id ?? lastId;
          if (message.data !== undefined) yield JSON.parse(message.data) as LiveItem;
        }
      } else reason = `the server answered ${response.status}`;
    } catch (error) {
      if (signal.aborted) return;
      if (lastId === undefined && failures === 0) throw error;
      reason = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    const retryInMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS);
    onLost(reason, retryInMs);
    await pause(retryInMs, signal);
  }
}

/** The query of `/live`: a list is its parameter repeated. */
export function serverEventsQuery(fields: {
  readonly [name: string]: readonly string[] | string | number | undefined;
}): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of value === undefined ? [] : [value].flat()) query.append(name, String(each));
  }
  return query;
}

interface Message {
  readonly id: string | undefined;
  readonly data: string | undefined;
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html, without event names: `/live` has one kind. */
async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message, void, undefined> {
  let id: string | undefined;
  let data: string[] = [];
  for await (const line of inputLines(body)) {
    if (line === "") {
      yield { id, data: data.length > 0 ? data.join("\n") : undefined };
      id = undefined;
      data = [];
      continue;
    }
    // `s`, because a dot leaves U+2028 and U+2029 out, which are no line ends here.
    const [, name, value] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
    if (name === "id") id = value;
    else if (name === "data") data.push(value!);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
