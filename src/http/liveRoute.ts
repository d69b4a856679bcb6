import { createRoute, z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import type { LiveQuery } from "../live/live.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { eventMessages } from "./eventMessages.ts";
import { feedItemSchema } from "./feedSchema.ts";
import { matchParameters, moment } from "./filterQuery.ts";
import { liveForm, liveFormatParameters, type LiveForm } from "./liveFormats.ts";
import { inLocale, localeParameter } from "./localeQuery.ts";
import { createOpenStreams, type StreamLimits } from "./openStreams.ts";
import { pacedStream } from "./pacedStream.ts";
import { problemResponse } from "./problem.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";
import { createSharedChunks } from "./sharedChunks.ts";

const liveItemSchema = feedItemSchema.extend({ position: z.number().int() }).openapi("LiveItem");

const position = z.string().regex(/^[0-9]{1,15}$/, "must be a position: a whole number");

const liveRoute = createRoute({
  method: "get",
  path: "/live",
  operationId: "followEvents",
  summary: "Events as they get their positions, as server-sent events",
  description:
    "Each message is `event: event`, its `id` is the position, its `data` what `format` says. Nothing is missed and nothing " +
    "comes twice when a client comes back with Last-Event-ID, as EventSource does by itself. Messages without data " +
    "only move the id.",
  request: {
    query: z.strictObject({
      ...matchParameters,
      ...viewerParameters,
      ...localeParameter,
      ...liveFormatParameters,
      after: position.optional().openapi({
        description:
          "Events after this position; a feed page carries one. Default: what was recorded `since`, otherwise from now on.",
      }),
      since: moment("Recorded at or after this moment; without `after` the stream begins there."),
    }),
    headers: z.object({
      "Last-Event-ID": z.string().optional().openapi({ description: "Goes before `after`." }),
    }),
  },
  responses: {
    200: {
      description: "A stream that does not end by itself.",
      content: { "text/event-stream": { schema: liveItemSchema } },
    },
    default: problemResponse,
  },
});

export interface LiveRouteOptions extends StreamLimits {
  readonly heartbeatMs: number;
  readonly slowConsumerMs: number;
  readonly maxStreamMs: number;
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // no-transform: a proxy that compresses holds back what it has until its buffer is full. nginx buffers without the last.
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

export function addLiveRoute(api: Api, tidings: Tidings, options: LiveRouteOptions): void {
  const streams = createOpenStreams(options);
  const shared = createSharedChunks();

  api.openapi(liveRoute, async (c) => {
    const { format, target, timeZone, locale, ...matching } = c.req.valid("query");
    const { after, ...filter } = readingOf(c.get("identity"), matching);
    const form = liveForm(tidings, {
      ...inLocale(c, { format, target, timeZone, locale }),
      viewer: c.get("identity").actor,
    });
    const from = resumeFrom(c.req.header("last-event-id"), after);
    if (c.req.method === "HEAD") return new Response(null, { headers: HEADERS });
    const left = streams.add(c.get("identity"));
    const body = await openStream(c.req.raw.signal, { ...filter, after: from }, form, left);
    return new Response(body, { headers: HEADERS });
  });

  async function openStream(
    request: AbortSignal,
    query: LiveQuery & { readonly account: string },
    form: LiveForm,
    left: () => void,
  ): Promise<ReadableStream<Uint8Array>> {
    const ended = new AbortController();
    const end = () => ended.abort();
    request.addEventListener("abort", end);
    // The client comes back where it was, and is asked anew who it is and what it may see.
    const old = setTimeout(end, options.maxStreamMs).unref();
    ended.signal.addEventListener("abort", () => {
      request.removeEventListener("abort", end);
      clearTimeout(old);
      left();
    });
    if (request.aborted) end();
    try {
      const runs = tidings.liveRuns({ ...query, signal: ended.signal });
      // The first run says where the stream begins. What is wrong with the request is thrown here, before any byte is sent.
      const first = await runs.next();
      const begun = first.done ? { events: [], position: query.after ?? 0 } : first.value;
      const messages = eventMessages(begun, runs, form, shared);
      return pacedStream(messages.chunks, {
        ...options,
        heartbeat: messages.heartbeat,
        onSlow: () =>
          tidings.signals.emit("live.dropped", { account: query.account, position: messages.position() }),
        onFailed: (error) =>
          tidings.signals.emit("http.failed", { method: "GET", path: liveRoute.path, error }),
        onEnd: end,
      });
    } catch (error) {
      end();
      throw error;
    }
  }
}

/** The header goes first: a browser that comes back sends it beside the address that it began with. */
function resumeFrom(lastEventId: string | undefined, after: string | undefined): number | undefined {
  const given = lastEventId || after;
  if (given === undefined) return undefined;
  if (!position.safeParse(given).success) {
    throw new TidingsError("INVALID_CURSOR", {
      detail: `Last-Event-ID "${given.slice(0, 50)}" is not a position`,
    });
  }
  return Number(given);
}
