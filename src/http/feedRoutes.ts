import { createRoute, z } from "@hono/zod-openapi";
import { lanes, severities } from "../events/defineEvent.ts";
import type { FeedPage } from "../feed/feed.ts";
import type { FeedItem } from "../feed/feedItem.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { entitySchema } from "./entitySchema.ts";
import { filterParameters, pageCursors, pageParameters } from "./filterQuery.ts";
import { problemResponse } from "./problem.ts";
import { unchanged } from "./unchanged.ts";

const feedEntitySchema = entitySchema
  .extend({
    url: z.string().nullable().openapi({ description: "Where it is seen." }),
    deleted: z.boolean().openapi({ description: "True when the app says that it is gone." }),
  })
  .openapi("FeedEntity");

const sentencePartSchema = z
  .object({
    text: z.string(),
    entity: entitySchema.optional(),
    url: z.string().optional(),
    isActor: z.boolean().optional().openapi({ description: 'True for the actor: "You" to the one.' }),
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
  })
  .openapi("FeedItem");

const positionSchema = z.number().int().openapi({
  description:
    "Where the log ended before the page was read: pass it to `/live` as `after`, nothing is missed.",
});

const feedPageSchema = z
  .object({ items: z.array(feedItemSchema), ...pageCursors, position: positionSchema })
  .openapi("FeedPage");

const responses = {
  200: { description: "A page of the feed.", content: { "application/json": { schema: feedPageSchema } } },
  304: { description: "The page still shows what the one of `If-None-Match` showed." },
  default: problemResponse,
};

const feedRoute = createRoute({
  method: "get",
  path: "/feed",
  operationId: "readFeed",
  summary: "What happened in the account, newest first, ready to show",
  request: { query: z.strictObject({ ...filterParameters, ...pageParameters }) },
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
    query: z.strictObject({ ...timelineFilter, ...pageParameters }),
  },
  responses,
});

export function addFeedRoutes(api: Api, tidings: Tidings): void {
  api.openapi(feedRoute, async (c) => {
    const { account } = c.get("identity");
    const page = pageJson(await tidings.feed({ ...c.req.valid("query"), account }));
    return unchanged(c, page) ? c.body(null, 304) : c.json(page, 200);
  });

  api.openapi(timelineRoute, async (c) => {
    const { account } = c.get("identity");
    const page = pageJson(await tidings.timeline(c.req.valid("param"), { ...c.req.valid("query"), account }));
    return unchanged(c, page) ? c.body(null, 304) : c.json(page, 200);
  });
}

export function feedItemJson(item: FeedItem): z.infer<typeof feedItemSchema> {
  return {
    ...item,
    sentence: [...item.sentence],
    occurredAt: item.occurredAt.toISOString(),
  };
}

function pageJson(page: FeedPage): z.infer<typeof feedPageSchema> {
  return { ...page, items: page.items.map(feedItemJson) };
}
