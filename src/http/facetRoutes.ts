import { createRoute, z } from "@hono/zod-openapi";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { entitySchema } from "./entitySchema.ts";
import { filterParameters } from "./filterQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { timeZoneParameter } from "./timeZoneQuery.ts";
import { unchanged } from "./unchanged.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";

const count = z.number().int();

const facetsSchema = z
  .object({
    types: z.array(z.object({ type: z.string().openapi({ example: "card.moved" }), count })).openapi({
      description: "The most frequent first, as if `types` and `categories` were not filtered.",
    }),
    actors: z.array(z.object({ actor: entitySchema, count })).openapi({
      description: "The 50 most active, as if `actors` were not filtered.",
    }),
    days: z.array(z.object({ date: z.iso.date(), count })).openapi({
      description: "The 100 newest days of recording, as if neither `since` nor `until` were given.",
    }),
    events: count.openapi({ description: "How many match the filter as it is." }),
    complete: z.boolean().openapi({ description: "False: counted among the newest 500 events." }),
  })
  .openapi("Facets");

const facetsRoute = createRoute({
  method: "get",
  path: "/feed/facets",
  operationId: "readFacets",
  summary: "What a feed can be filtered by: types, actors and days, with how many there are of each",
  request: {
    query: z.strictObject({
      timeZone: timeZoneParameter.default("UTC"),
      ...filterParameters,
      ...viewerParameters,
    }),
  },
  responses: {
    200: { description: "The facets.", content: jsonContent(facetsSchema) },
    304: { description: "They are still those of `If-None-Match`." },
    default: problemResponse,
  },
});

export function addFacetRoutes(api: Api, tidings: Tidings): void {
  api.openapi(facetsRoute, async (c) => {
    const { types, actors, days, ...rest } = await tidings.facets(
      readingOf(c.get("identity"), c.req.valid("query")),
    );
    const body = { types: [...types], actors: [...actors], days: [...days], ...rest };
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });
}
