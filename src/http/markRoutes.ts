import { createRoute, z } from "@hono/zod-openapi";
import type { ReadMark } from "../feed/marks.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { filterParameters } from "./filterQuery.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";

export const feedKey = z.string().min(1).max(150).openapi({
  description: "The app's name for a feed; each has its own mark.",
  example: "account",
});

const position = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const readMarkSchema = z
  .object({
    feed: z.string(),
    seen: z.number().int().openapi({ description: "Events up to this position have been shown." }),
    read: z.number().int().openapi({ description: "Events up to this position have been read." }),
    updatedAt: z.iso.datetime().nullable().openapi({ description: "Null for one who has not begun." }),
  })
  .openapi("ReadMark");

const unreadSchema = z
  .object({
    begun: z.boolean().openapi({
      description: "False for one who has no mark in this feed yet: nothing is unread to them.",
    }),
    unread: z.number().int().openapi({ description: "Not read yet, 100 at most; own acts never are." }),
    unseen: z.number().int().openapi({ description: "Those of them that were not shown yet." }),
    capped: z.boolean().openapi({ description: 'There may be more: show "99+".' }),
  })
  .openapi("UnreadCount");

const moveSchema = z
  .strictObject({
    begin: z.literal(true).optional().openapi({
      description:
        "What comes from now on is unread, what was before is not. Does nothing to one who has begun.",
    }),
    seen: position.optional().openapi({ description: "Everything up to here was shown: a page's position." }),
    read: position.optional().openapi({
      description:
        'Everything up to here is read. "Mark all read" sends the `position` of the page that is open.',
    }),
    items: z
      .array(z.string().max(100))
      .min(1)
      .max(200)
      .optional()
      .openapi({ description: "Ids of events that were opened." }),
  })
  .openapi("MarkMove");

const params = z.object({ feed: feedKey });
const markResponses = {
  200: { description: "How far the one who asks is in the feed.", content: jsonContent(readMarkSchema) },
  default: problemResponse,
};

const unreadRoute = createRoute({
  method: "get",
  path: "/feed/unread",
  operationId: "countUnread",
  summary: "How much of a feed the one who asks has not read",
  request: {
    query: z.strictObject({ feed: feedKey.default("account"), ...filterParameters, ...viewerParameters }),
  },
  responses: {
    200: { description: "The count.", content: jsonContent(unreadSchema) },
    default: problemResponse,
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/feed/marks/{feed}",
  operationId: "getReadMark",
  summary: "How far the one who asks has seen and read a feed",
  request: { params, query: z.strictObject({}) },
  responses: markResponses,
});

const putRoute = createRoute({
  method: "put",
  path: "/feed/marks/{feed}",
  operationId: "moveReadMark",
  summary: "Moves the marks of the one who asks; never back",
  description: "The first move begins: everything up to there counts as read.",
  request: { params, query: z.strictObject({}), body: { content: jsonContent(moveSchema), required: true } },
  responses: markResponses,
});

/** The reader is always who asks: nobody moves another one's marks, or learns how far somebody is. */
export function addMarkRoutes(api: Api, tidings: Tidings, options: { readonly maxBodyBytes: number }): void {
  api.openapi(unreadRoute, async (c) => {
    const { actor: reader } = c.get("identity");
    const query = readingOf(c.get("identity"), c.req.valid("query"));
    return c.json(await tidings.unread({ ...query, reader }), 200);
  });

  api.openapi(getRoute, async (c) => {
    const { account, actor: reader } = c.get("identity");
    return c.json(markJson(await tidings.marks.get({ account, reader, ...c.req.valid("param") })), 200);
  });

  api.openapi({ ...putRoute, middleware: jsonBody(options) }, async (c) => {
    const { account, actor: reader } = c.get("identity");
    const of = { account, reader, ...c.req.valid("param") };
    const { begin, items, read, seen } = c.req.valid("json");
    // Positions first: one who has not begun does so there, and not where an item alone would, at the end of the log.
    let mark: ReadMark | undefined;
    if (read !== undefined) mark = await tidings.marks.read({ ...of, position: read });
    if (seen !== undefined) mark = await tidings.marks.seen({ ...of, position: seen });
    if (items) mark = await tidings.marks.readItems({ ...of, ids: items });
    if (begin) mark = await tidings.marks.begin(of);
    return c.json(markJson(mark ?? (await tidings.marks.get(of))), 200);
  });
}

export function markJson(mark: ReadMark): z.infer<typeof readMarkSchema> {
  return { ...mark, updatedAt: mark.updatedAt?.toISOString() ?? null };
}
