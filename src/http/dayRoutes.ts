import { createRoute, z } from "@hono/zod-openapi";
import type { DayColumn, FeedDay } from "../feed/days.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { feedItemJson, feedItemSchema, positionSchema } from "./feedSchema.ts";
import { filterParameters, limitParameter } from "./filterQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { inLocale, localeParameter, localizedSchema, tellLanguage } from "./localeQuery.ts";
import { problemResponse } from "./problem.ts";
import { timeZoneParameter } from "./timeZoneQuery.ts";
import { unchanged } from "./unchanged.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";

const columnSchema = z
  .object({
    items: z.array(feedItemSchema).openapi({ description: "The newest 100, newest first." }),
    hidden: z.number().int().openapi({ description: "How many more that day had; 900 for 900 or more." }),
  })
  .openapi("DayColumn");

const daySchema = z
  .object({
    date: z.iso.date().openapi({
      description: "A day of recording: `occurredAt` of what came in late lies on another one.",
    }),
    columns: z.object({ added: columnSchema, updated: columnSchema, done: columnSchema }),
  })
  .openapi("FeedDay");

export const dayPageSchema = z
  .object({
    days: z.array(daySchema).openapi({ description: "Newest first; days without events are left out." }),
    older: z.iso
      .date()
      .nullable()
      .openapi({ description: "Pass as `before`; null when there is nothing older." }),
    position: positionSchema,
    timeZone: z.string(),
    ...localizedSchema,
  })
  .openapi("DayPage");

const daysRoute = createRoute({
  method: "get",
  path: "/feed/days",
  operationId: "readDays",
  summary: "A feed by days of the reader's time zone, in columns",
  request: {
    query: z.strictObject({
      timeZone: timeZoneParameter,
      before: z.string().max(10).optional().openapi({
        format: "date",
        description: "Days before this one: a page's `older`.",
      }),
      limit: limitParameter(7, 3, "Days on a page."),
      ...filterParameters,
      ...viewerParameters,
      ...localeParameter,
    }),
  },
  responses: {
    200: { description: "Some days.", content: jsonContent(dayPageSchema) },
    304: { description: "The page still shows what the one of `If-None-Match` showed." },
    default: problemResponse,
  },
});

export function addDayRoutes(api: Api, tidings: Tidings): void {
  api.openapi(daysRoute, async (c) => {
    const page = await tidings.days(inLocale(c, readingOf(c.get("identity"), c.req.valid("query"))));
    tellLanguage(c, page);
    const body = { ...page, days: page.days.map(dayJson) };
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });
}

function dayJson({ date, columns: { added, updated, done } }: FeedDay): z.infer<typeof daySchema> {
  const column = ({ items, hidden }: DayColumn) => ({ items: items.map(feedItemJson), hidden });
  return { date, columns: { added: column(added), updated: column(updated), done: column(done) } };
}
