import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { lanes } from "../events/defineEvent.ts";
import type { FeedPage } from "../feed/feed.ts";
import { pathSegment } from "../pathSegment.ts";
import type { Tidings } from "../tidings.ts";
import type { Api, ApiEnv } from "./api.ts";
import { activityContent, activityResponse, formatOf, htmlContent, htmlResponse } from "./feedFormats.ts";
import { feedPageSchema, pageJson } from "./feedSchema.ts";
import { filterParameters, pageParameters } from "./filterQuery.ts";
import { htmlParameters, withoutHtml, type HtmlQuery } from "./htmlQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { inLocale, localeParameter, tellLanguage } from "./localeQuery.ts";
import { marksParameter, withReader } from "./marksQuery.ts";
import { problemResponse } from "./problem.ts";
import { unchanged } from "./unchanged.ts";
import { viewerParameters } from "./viewerQuery.ts";

const responses = {
  200: {
    description: "A page of the feed.",
    content: { ...jsonContent(feedPageSchema), ...htmlContent, ...activityContent },
  },
  304: { description: "The page still shows what the one of `If-None-Match` showed." },
  default: problemResponse,
};

const feedRoute = createRoute({
  method: "get",
  path: "/feed",
  operationId: "readFeed",
  summary: "What happened in the account, newest first, ready to show",
  request: {
    query: z.strictObject({
      ...filterParameters,
      ...pageParameters,
      ...viewerParameters,
      ...marksParameter,
      ...localeParameter,
      ...htmlParameters,
    }),
  },
  responses,
});

const { of: _of, ...timelineFilter } = filterParameters;

const timelineRoute = createRoute({
  method: "get",
  path: "/timeline/{type}/{id}",
  operationId: "readTimeline",
  summary: "What happened to one entity, newest first, ready to show",
  request: {
    params: z.object({ type: z.string(), id: z.string() }),
    query: z.strictObject({
      ...timelineFilter,
      ...pageParameters,
      ...viewerParameters,
      ...marksParameter,
      ...localeParameter,
      ...htmlParameters,
    }),
  },
  responses,
});

export interface FeedRouteOptions {
  readonly publicUrl: string | undefined;
}

export function addFeedRoutes(api: Api, tidings: Tidings, { publicUrl }: FeedRouteOptions): void {
  api.openapi(feedRoute, async (c) => {
    const given = c.req.valid("query");
    const query = inLocale(c, withReader(c.get("identity"), withoutHtml(given)));
    const format = formatOf(c);
    if (format === "activity") return activityResponse(c, tidings, query, "/feed", publicUrl);
    return respond(c, await tidings.feed(query), format, given);
  });

  api.openapi(timelineRoute, async (c) => {
    const entity = c.req.valid("param");
    const given = c.req.valid("query");
    const query = inLocale(c, withReader(c.get("identity"), withoutHtml(given)));
    const format = formatOf(c);
    if (format === "activity") {
      const path = `/timeline/${entity.type}/${pathSegment(entity.id)}`;
      return activityResponse(
        c,
        tidings,
        { ...query, lanes: query.lanes ?? lanes, of: entity },
        path,
        publicUrl,
      );
    }
    return respond(c, await tidings.timeline(entity, query), format, given);
  });

  function respond(c: Context<ApiEnv>, page: FeedPage, format: "json" | "html", given: HtmlQuery): Response {
    const body = pageJson(page);
    tellLanguage(c, page);
    if (format === "html") return htmlResponse(c, tidings, page, body, given);
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  }
}
