import { z } from "@hono/zod-openapi";
import { lanes, severities } from "../events/defineEvent.ts";
import type { FeedPage } from "../feed/feed.ts";
import type { FeedItem } from "../feed/feedItem.ts";
import { entitySchema } from "./entitySchema.ts";
import { pageCursors } from "./filterQuery.ts";
import { localizedSchema } from "./localeQuery.ts";
import { markJson, readMarkSchema } from "./markRoutes.ts";

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

export function feedItemJson(item: FeedItem): z.infer<typeof feedItemSchema> {
  return {
    ...item,
    sentence: [...item.sentence],
    occurredAt: item.occurredAt.toISOString(),
  };
}

export function pageJson(page: FeedPage): z.infer<typeof feedPageSchema> {
  const { mark, items, ...rest } = page;
  return { ...rest, items: items.map(feedItemJson), ...(mark && { mark: markJson(mark) }) };
}
