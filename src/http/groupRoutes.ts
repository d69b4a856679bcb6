import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { FeedGroup } from "../feed/feedGroup.ts";
import type { GroupedFeedPage } from "../feed/groupedFeed.ts";
import type { GroupPage } from "../feed/readGroup.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import {
  feedEntitySchema,
  feedItemJson,
  feedItemSchema,
  positionSchema,
  sentencePartSchema,
} from "./feedSchema.ts";
import { formatOf, htmlContent, htmlResponse } from "./feedFormats.ts";
import { filterParameters, pageCursors, pageParameters } from "./filterQuery.ts";
import { htmlParameters, withoutHtml } from "./htmlQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { inLocale, localeParameter, localizedSchema, tellLanguage } from "./localeQuery.ts";
import { markJson, readMarkSchema } from "./markRoutes.ts";
import { marksParameter, withReader } from "./marksQuery.ts";
import { problemResponse } from "./problem.ts";
import { unchanged } from "./unchanged.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";

const feedGroupSchema = z
  .object({
    id: z.string().openapi({ description: "The id of its oldest event." }),
    key: z
      .string()
      .nullable()
      .openapi({ description: "What its events have in common. Null for a line of its own." }),
    count: z.number().int().openapi({ description: "How many events." }),
    continues: z.boolean().openapi({
      description:
        "True where the page ends within the group: older events may follow on the next page, as a group.",
    }),
    actors: z.array(feedEntitySchema).openapi({ description: "The last three." }),
    actorCount: z.number().int(),
    subjects: z.array(feedEntitySchema).openapi({ description: "The last three." }),
    subjectCount: z.number().int(),
    firstAt: z.iso.datetime(),
    lastAt: z.iso.datetime(),
    sentence: z.array(sentencePartSchema),
    text: z.string().openapi({ example: "Ann moved Fix the login, Write the docs and 2 others to Done" }),
    icon: z.string(),
    url: z.string().nullable().openapi({ description: "Null where it is about several subjects." }),
    latest: feedItemSchema,
    unread: z.number().int().optional().openapi({ description: "With `marks`: how many were not read yet." }),
    unseen: z
      .boolean()
      .optional()
      .openapi({ description: "With `marks`: whether any is new since the last visit." }),
  })
  .openapi("FeedGroup");

const groupPageSchema = z
  .object({
    groups: z.array(feedGroupSchema),
    ...pageCursors,
    position: positionSchema,
    ...localizedSchema,
    mark: readMarkSchema.optional(),
  })
  .openapi("FeedGroupPage");

const membersSchema = z
  .object({
    group: feedGroupSchema,
    items: z.array(feedItemSchema),
    older: pageCursors.older,
    ...localizedSchema,
  })
  .openapi("FeedGroupItems");

const unchangedResponse = { description: "The page still shows what the one of `If-None-Match` showed." };

const groupsRoute = createRoute({
  method: "get",
  path: "/feed/groups",
  operationId: "readGroupedFeed",
  summary: "What happened in the account, with what is alike in one line",
  description: "Pages hold every event of `/feed` once. `limit` counts groups.",
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
  responses: {
    200: {
      description: "A page of groups.",
      content: { ...jsonContent(groupPageSchema), ...htmlContent },
    },
    304: unchangedResponse,
    default: problemResponse,
  },
});

const { before, limit } = pageParameters;

const groupRoute = createRoute({
  method: "get",
  path: "/feed/groups/{id}",
  operationId: "readGroup",
  summary: "A group with its events, newest first",
  description: "Ask with the filter of the page that showed the group: it leaves events out of groups, too.",
  request: {
    params: z.object({ id: z.string() }),
    query: z.strictObject({
      ...filterParameters,
      newest: z.string().optional().openapi({
        description:
          "The id of its `latest`: exactly the group that was shown. Default: with all that has joined it since.",
      }),
      before,
      limit,
      ...viewerParameters,
      ...localeParameter,
      ...htmlParameters,
    }),
  },
  responses: {
    200: {
      description: "The group.",
      content: { ...jsonContent(membersSchema), ...htmlContent },
    },
    304: unchangedResponse,
    default: problemResponse,
  },
});

export function addGroupRoutes(api: Api, tidings: Tidings): void {
  api.openapi(groupsRoute, async (c) => {
    const given = c.req.valid("query");
    const page = await tidings.groupedFeed(inLocale(c, withReader(c.get("identity"), withoutHtml(given))));
    const body = groupPageJson(page);
    tellLanguage(c, page);
    if (isHtml(c)) return htmlResponse(c, tidings, page, body, given);
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });

  api.openapi(groupRoute, async (c) => {
    const given = c.req.valid("query");
    const query = inLocale(c, readingOf(c.get("identity"), withoutHtml(given)));
    const page = await tidings.group(c.req.valid("param").id, query);
    const body = membersJson(page);
    tellLanguage(c, page);
    if (isHtml(c)) return htmlResponse(c, tidings, page, body, given);
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });
}

/** Groups are no activities: whoever asks for those gets JSON. */
function isHtml(c: Context): boolean {
  return formatOf(c) === "html";
}

function groupJson(group: FeedGroup): z.infer<typeof feedGroupSchema> {
  return {
    ...group,
    actors: [...group.actors],
    subjects: [...group.subjects],
    firstAt: group.firstAt.toISOString(),
    lastAt: group.lastAt.toISOString(),
    sentence: [...group.sentence],
    latest: feedItemJson(group.latest),
  };
}

function groupPageJson({ mark, groups, ...rest }: GroupedFeedPage): z.infer<typeof groupPageSchema> {
  return { ...rest, groups: groups.map(groupJson), ...(mark && { mark: markJson(mark) }) };
}

function membersJson({ group, items, ...rest }: GroupPage): z.infer<typeof membersSchema> {
  return { ...rest, group: groupJson(group), items: items.map(feedItemJson) };
}
