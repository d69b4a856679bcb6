import { createRoute, z } from "@hono/zod-openapi";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { entitySchema } from "./entitySchema.ts";
import { feedEntitySchema } from "./feedSchema.ts";
import { limitParameter, list } from "./filterQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { timeZoneParameter } from "./timeZoneQuery.ts";
import { unchanged } from "./unchanged.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";

const foundSchema = z.object({ entity: feedEntitySchema, lastAt: z.iso.datetime() }).openapi("FoundEntity");

const foundListSchema = z
  .object({
    items: z.array(foundSchema),
    complete: z.boolean().openapi({ description: "False when there are older events than were looked at." }),
  })
  .openapi("FoundEntities");

const searchRoute = createRoute({
  method: "get",
  path: "/entities",
  operationId: "searchEntities",
  summary: "Things that events are about, by name or id",
  description:
    "Looks at the newest 5,000 events that may be seen, among the newest 20,000 of each lane; `type:id` is found however old " +
    "it is. The best match first.",
  request: {
    query: z.strictObject({
      q: z
        .string()
        .max(200)
        .optional()
        .openapi({
          description:
            "A part of a name, the beginning of an id, or `type:id`. Default: the latest. In any case as far as the database's " +
            "locale knows cases: in `C` those of A to Z alone.",
          example: "login",
        }),
      types: list(z.string(), "Entities of these kinds: `card`."),
      limit: limitParameter(50, 20, "How many."),
      ...viewerParameters,
    }),
  },
  responses: {
    200: {
      description: "What was found.",
      content: jsonContent(foundListSchema),
    },
    default: problemResponse,
  },
});

const overviewSchema = z
  .object({
    entity: feedEntitySchema,
    firstAt: z.iso.datetime(),
    lastAt: z.iso.datetime(),
    events: z.number().int(),
    complete: z.boolean().openapi({
      description: "False when there are more events: what is counted is that of the newest 5,000.",
    }),
    people: z.array(z.object({ actor: entitySchema, count: z.number().int() })).openapi({
      description: "Who did it, the 20 most active first.",
    }),
    weeks: z.array(z.object({ week: z.iso.date(), count: z.number().int() })).openapi({
      description: "By the Monday that each begins with, oldest first; empty weeks are left out.",
    }),
  })
  .openapi("EntityOverview");

const overviewRoute = createRoute({
  method: "get",
  path: "/entities/{type}/{id}",
  operationId: "readEntity",
  summary: "One thing at a glance: since when, how much, by whom",
  request: {
    params: z.object({ type: z.string(), id: z.string() }),
    query: z.strictObject({
      timeZone: timeZoneParameter
        .optional()
        .openapi({ description: "Whose weeks: an IANA name. Default `UTC`." }),
      ...viewerParameters,
    }),
  },
  responses: {
    200: { description: "The entity.", content: jsonContent(overviewSchema) },
    304: { description: "It is still as of `If-None-Match`." },
    default: problemResponse,
  },
});

export function addEntityRoutes(api: Api, tidings: Tidings): void {
  api.openapi(searchRoute, async (c) => {
    const query = readingOf(c.get("identity"), c.req.valid("query"));
    const { items, complete } = await tidings.entities.search(query);
    return c.json(
      { items: items.map((each) => ({ ...each, lastAt: each.lastAt.toISOString() })), complete },
      200,
    );
  });

  api.openapi(overviewRoute, async (c) => {
    const query = readingOf(c.get("identity"), c.req.valid("query"));
    const overview = await tidings.entities.overview(c.req.valid("param"), query);
    const body = {
      ...overview,
      firstAt: overview.firstAt.toISOString(),
      lastAt: overview.lastAt.toISOString(),
      people: [...overview.people],
      weeks: [...overview.weeks],
    };
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });
}
