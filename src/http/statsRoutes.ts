import { createRoute, z } from "@hono/zod-openapi";
import { lanes } from "../events/defineEvent.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { filterParameters, list, moment } from "./filterQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { timeZoneParameter } from "./timeZoneQuery.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";

export const eventStatsSchema = z
  .object({
    buckets: z
      .array(
        z.object({
          at: z.iso.datetime().openapi({ description: "Where it begins." }),
          counts: z.record(z.string(), z.number().int()),
        }),
      )
      .openapi({ description: "Oldest first; of a quiet one `counts` is empty." }),
    complete: z.boolean().openapi({
      description: "False when a lane has more than 50,000 events since then: the buckets begin later.",
    }),
  })
  .openapi("EventStats");

const eventStatsRoute = createRoute({
  method: "get",
  path: "/events/stats",
  operationId: "readEventStats",
  summary: "How many events were recorded when, by type or by lane",
  request: {
    query: z.strictObject({
      by: z.enum(["type", "lane"]).default("type"),
      bucket: z.enum(["hour", "day"]).default("day"),
      since: moment("From the bucket on that holds this moment. Default: a day ago for hours, 30 days ago."),
      until: moment("Default: now."),
      timeZone: timeZoneParameter.default("UTC"),
      types: filterParameters.types,
      categories: filterParameters.categories,
      lanes: list(z.enum(lanes), "Default: all of them."),
      ...viewerParameters,
    }),
  },
  responses: {
    200: { description: "The counts.", content: jsonContent(eventStatsSchema) },
    default: problemResponse,
  },
});

const volumesSchema = z
  .object({
    items: z.array(
      z.object({
        type: z.string().openapi({ example: "card.moved" }),
        events: z.number().int().openapi({ description: "Of the last 30 days, 10,000 at most." }),
        capped: z.boolean().openapi({ description: "There are more than were counted." }),
      }),
    ),
  })
  .openapi("TypeVolumes");

const volumesRoute = createRoute({
  method: "get",
  path: "/event-types/volume",
  operationId: "readTypeVolumes",
  summary: "How much of each event type the last 30 days had",
  request: { query: z.strictObject(viewerParameters) },
  responses: {
    200: { description: "By type.", content: jsonContent(volumesSchema) },
    default: problemResponse,
  },
});

/** Before the routes of events: "stats" is no id. */
export function addStatsRoutes(api: Api, tidings: Tidings): void {
  api.openapi(eventStatsRoute, async (c) => {
    const stats = await tidings.stats.events(readingOf(c.get("identity"), c.req.valid("query")));
    const buckets = stats.buckets.map(({ at, counts }) => ({ at: at.toISOString(), counts }));
    return c.json({ ...stats, buckets }, 200);
  });

  api.openapi(volumesRoute, async (c) => {
    const items = await tidings.stats.types(readingOf(c.get("identity"), c.req.valid("query")));
    return c.json({ items }, 200);
  });
}
