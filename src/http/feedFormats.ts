import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { z } from "@hono/zod-openapi";
import { activityPage } from "../feed/activityStreams.ts";
import type { FeedQuery } from "../feed/feed.ts";
import type { HtmlPage } from "../feed/feedHtml.ts";
import { TidingsError } from "../errors.ts";
import type { Tidings } from "../tidings.ts";
import type { ApiEnv } from "./api.ts";
import { htmlOptions, type HtmlQuery } from "./htmlQuery.ts";
import { unchanged } from "./unchanged.ts";

const formats = {
  "application/json": "json",
  "text/html": "html",
  "application/activity+json": "activity",
  // ActivityStreams are JSON-LD, and some clients ask for them by that name.
  "application/ld+json": "activity",
} as const;

export type FeedFormat = (typeof formats)[keyof typeof formats];

/** In which form a page was asked for: JSON, unless Accept prefers another one. */
export function formatOf(c: Context): FeedFormat {
  c.header("vary", "Accept", { append: true });
  const type = accepts(c, {
    header: "Accept",
    supports: Object.keys(formats),
    default: "application/json",
  }) as keyof typeof formats;
  return formats[type];
}

export const htmlContent = {
  "text/html": {
    schema: z.string().openapi({ description: "A fragment, escaped, with an id for each line." }),
  },
};

export const activityContent = {
  "application/activity+json": {
    schema: z
      .looseObject({ type: z.literal("OrderedCollectionPage") })
      .openapi("OrderedCollectionPage", { description: "ActivityStreams 2.0. Needs `http.publicUrl`." }),
  },
};

/** A page as HTML. `body` is what it shows as JSON: the ETag is made from that. */
export function htmlResponse(
  c: Context<ApiEnv>,
  tidings: Pick<Tidings, "feedHtml">,
  page: HtmlPage,
  body: object,
  query: HtmlQuery,
): Response {
  const options = htmlOptions(c, query, "groups" in page ? page.groups.length : page.items.length);
  const { viewer, timeZone, posinset } = options;
  const html = tidings.feedHtml(page, options);
  return unchanged(c, { ...body, viewer, timeZone, posinset }) ? c.body(null, 304) : c.html(html);
}

/** A page as activities. `path` is the route's, under the public address. */
export async function activityResponse(
  c: Context,
  tidings: Pick<Tidings, "events" | "registry" | "signals">,
  query: FeedQuery,
  path: string,
  publicUrl: string | undefined,
): Promise<Response> {
  if (publicUrl === undefined) throw new TidingsError("PUBLIC_URL_MISSING");
  const { locale, reader: _reader, ...listed } = query;
  const { items, older, newer } = await tidings.events.list(listed);
  const language = tidings.registry.languages.find(locale);
  const { search } = new URL(c.req.url);
  const address = (change: { readonly [name: string]: string | null }) => {
    const parameters = new URLSearchParams(search);
    for (const [name, value] of Object.entries(change)) {
      if (value === null) parameters.delete(name);
      else parameters.set(name, value);
    }
    return `${publicUrl}${path}${parameters.size === 0 ? "" : `?${parameters}`}`;
  };
  const page = activityPage(
    items,
    {
      id: address({}),
      partOf: address({ before: null, after: null, limit: null }),
      next: older && address({ before: older, after: null }),
      prev: newer && address({ after: newer, before: null }),
    },
    { registry: tidings.registry, language, publicUrl },
    (error) => tidings.signals.emit("http.failed", { method: c.req.method, path: c.req.path, error }),
  );
  c.header("content-language", language.tag);
  if (unchanged(c, page)) return c.body(null, 304);
  return c.body(JSON.stringify(page), 200, { "content-type": "application/activity+json" });
}
