import { createSharedLive, type SharedLive } from "../live/sharedLive.ts";
import { noAnswer, refusalOf } from "./requestFailed.ts";

/** `init.headers` is always a plain object: `{ ...init.headers, authorization }` adds to it. */
export type Fetch = (
  url: string,
  init: RequestInit & { headers: Readonly<Record<string, string>> },
) => Promise<Response>;

export interface TidingsClient {
  /** Reads JSON. Throws RequestFailed; an aborted request throws what `fetch` throws. */
  get<Answer>(path: string, query?: string, signal?: AbortSignal): Promise<Answer>;
  /** Changes something. Undefined where the answer has no body. Throws RequestFailed. */
  send<Answer>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object): Promise<Answer>;
  readonly live: SharedLive;
  /** Calls back when this page has moved marks: counts of unread lines are then asked for again. */
  onMarks(listener: () => void): () => void;
  marksMoved(): void;
}

interface Question extends RequestInit {
  readonly headers?: Readonly<Record<string, string>>;
}

/** One for a provider: whatever stands beneath it shares one live stream. `locale` is asked for before the browser's own. */
export function createClient(baseUrl: string, fetch: Fetch, locale?: string): TidingsClient {
  const base = baseUrl.replace(/\/$/, "");
  const marksListeners = new Set<() => void>();

  async function answerOf(path: string, { headers, ...init }: Question): Promise<Response> {
    const asked = locale === undefined ? headers : { "accept-language": locale, ...headers };
    const response = await fetch(base + path, { ...init, headers: asked ?? {} }).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw noAnswer();
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  async function get<Answer>(path: string, query = "", signal?: AbortSignal): Promise<Answer> {
    const response = await answerOf(query === "" ? path : `${path}?${query}`, signal ? { signal } : {});
    return (await response.json()) as Answer;
  }

  return {
    get,
    async send<Answer>(method: string, path: string, body?: object) {
      const json = body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const response = await answerOf(path, { method, ...json });
      return (response.status === 204 ? undefined : await response.json()) as Answer;
    },
    live: createSharedLive((query, lastEventId, signal) =>
      answerOf(`/live?${query}`, {
        signal,
        cache: "no-store",
        headers: {
          accept: "text/event-stream",
          ...(lastEventId !== null && { "last-event-id": String(lastEventId) }),
        },
      }),
    ),
    onMarks(listener) {
      marksListeners.add(listener);
      return () => marksListeners.delete(listener);
    },
    marksMoved: () => marksListeners.forEach((listener) => listener()),
  };
}
