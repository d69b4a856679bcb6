import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { lanes, severities } from "../events/defineEvent.ts";
import type { FeedPage } from "../feed/feed.ts";
import type { FeedItem } from "../feed/feedItem.ts";
import type { Tidings } from "../tidings.ts";
import type { Api, ApiEnv } from "./api.ts";
import { activityContent, activityResponse, formatOf, htmlContent, htmlResponse } from "./feedFormats.ts";
import { entitySchema } from "./entitySchema.ts";
import type { Identity } from "./identity.ts";
import { filterParameters, pageCursors, pageParameters } from "./filterQuery.ts";
import { htmlParameters, withoutHtml, type HtmlQuery } from "./htmlQuery.ts";
import { inLocale, localeParameter, localizedSchema, tellLanguage } from "./localeQuery.ts";
import { feedKey, markJson, readMarkSchema } from "./markRoutes.ts";
import { problemResponse } from "./problem.ts";
import { unchanged } from "./unchanged.ts";
import { readingOf, viewerParameters, type ViewerQuery } from "./viewerQuery.ts";

export const feedEntitySchema = entitySchema
  .extend({
    url: z.string().nullable().openapi({ description: "Where it is seen." }),
    deleted: z.boolean().openapi({ description: "True when the app says that it is gone." }),
  })
  .openapi("FeedEntity");

export const sentencePartSchema = z
  .object({
    text: z.string(),
    entity: entitySchema.optional(),
    url: z.string().optional(),
    isActor: z.boolean().optional().openapi({ description: 'True for the actor: "You" to the one.' }),
    forReader: z.string().optional().openapi({
      description: 'What the reader is called here, where that is not "You", "you" or "yourself".',
    }),
    forActor: z
      .string()
      .optional()
      .openapi({ description: 'Instead of `text` where the reader is the actor: "hast" for "hat".' }),
  })
  .openapi("SentencePart");

export const feedItemSchema = z
  .object({
    id: z.string(),
    type: z.string().openapi({ example: "card.moved" }),
    version: z.number().int(),
    category: z.string().openapi({ example: "card" }),
    lane: z.enum(lanes),
    severity: z.enum(severities),
    actor: feedEntitySchema,
    onBehalfOf: feedEntitySchema.or(z.null()),
    subject: feedEntitySchema,
    occurredAt: z.iso.datetime(),
    icon: z.string().openapi({ description: "A Lucide icon name.", example: "arrow-right" }),
    url: z.string().nullable().openapi({ description: 'Where "View" leads.' }),
    actionable: z.boolean(),
    sentence: z.array(sentencePartSchema),
    text: z.string().openapi({ example: "Ann moved Fix the login from To do to Done" }),
    unread: z.boolean().optional().openapi({ description: "With `marks`: not read by the one who asks." }),
    unseen: z.boolean().optional().openapi({ description: "With `marks`: new since their last visit." }),
  })
  .openapi("FeedItem");

export const positionSchema = z.number().int().openapi({
  description:
    "Where the log ended before the page was read: pass it to `/live` as `after`, nothing is missed.",
});

export const feedPageSchema = z
  .object({
    items: z.array(feedItemSchema),
    ...pageCursors,
    position: positionSchema,
    ...localizedSchema,
    mark: readMarkSchema.optional().openapi({ description: "With `marks`: how far the one who asks was." }),
  })
  .openapi("FeedPage");

const responses = {
  200: {
    description: "A page of the feed.",
    content: { "application/json": { schema: feedPageSchema }, ...htmlContent, ...activityContent },
  },
  304: { description: "The page still shows what the one of `If-None-Match` showed." },
  default: problemResponse,
};

export const marksParameter = {
  marks: feedKey.optional().openapi({
    description: "A feed's key: items then say whether the one who asks has seen and read them.",
  }),
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
      const path = `/timeline/${entity.type}/${encodeURIComponent(entity.id)}`;
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

/** Whoever may look as somebody else, the marks are those of the one who asks. */
export function withReader<Query extends ViewerQuery & { readonly marks?: string | undefined }>(
  identity: Identity,
  query: Query,
) {
  const { marks: feed, ...rest } = query;
  const reading = readingOf(identity, rest);
  return feed === undefined ? reading : { ...reading, reader: { reader: identity.actor, feed } };
}

export function feedItemJson(item: FeedItem): z.infer<typeof feedItemSchema> {
  return {
    ...item,
    sentence: [...item.sentence],
    occurredAt: item.occurredAt.toISOString(),
  };
}

function pageJson(page: FeedPage): z.infer<typeof feedPageSchema> {
  const { mark, items, ...rest } = page;
  return { ...rest, items: items.map(feedItemJson), ...(mark && { mark: markJson(mark) }) };
}
