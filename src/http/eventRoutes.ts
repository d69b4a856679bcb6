import { createRoute, z } from "@hono/zod-openapi";
import { actionKinds, lanes, severities } from "../events/defineEvent.ts";
import type { EntityRef } from "../events/entity.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { viewerKeys, type Viewer } from "../events/viewer.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { entitySchema } from "./entitySchema.ts";
import { filterParameters, pageCursors, pageParameters } from "./filterQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { unchanged } from "./unchanged.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";

export const eventSchema = z
  .object({
    id: z.string().openapi({ description: "UUIDv7: sorts by the time of recording." }),
    type: z.string().openapi({ example: "card.moved" }),
    version: z.number().int(),
    account: z.string(),
    lane: z.enum(lanes),
    severity: z.enum(severities),
    actor: entitySchema,
    onBehalfOf: entitySchema.or(z.null()),
    subject: entitySchema,
    refs: z.record(z.string(), z.union([entitySchema, z.array(entitySchema), z.null()])),
    data: z.record(z.string(), z.unknown()),
    metadata: z.record(z.string(), z.unknown()),
    occurredAt: z.iso.datetime(),
    causedBy: z.object({ lane: z.enum(lanes), id: z.string() }).nullable(),
    causeDepth: z.number().int(),
    audience: z.array(z.string()).nullable().openapi({
      description:
        "Whom it is for; to a viewer only those of them that it counts as. Null: everybody in the account.",
    }),
    kind: z.enum(actionKinds).nullable().openapi({
      description: "What an action does to its subject; null for an event that is no action.",
    }),
    problem: z.enum(["unknown_type", "unknown_version", "upcast_failed"]).nullable().openapi({
      description: "Why `data` is as it was stored and not in the present version. Null when all is well.",
    }),
  })
  .openapi("Event");

const eventPageSchema = z.object({ items: z.array(eventSchema), ...pageCursors }).openapi("EventPage");

const listRoute = createRoute({
  method: "get",
  path: "/events",
  operationId: "listEvents",
  summary: "Events as they were recorded, newest first",
  request: { query: z.strictObject({ ...filterParameters, ...pageParameters, ...viewerParameters }) },
  responses: {
    200: { description: "A page of events.", content: jsonContent(eventPageSchema) },
    304: { description: "The page is still the one of `If-None-Match`." },
    default: problemResponse,
  },
});

const countRoute = createRoute({
  method: "get",
  path: "/events/count",
  operationId: "countEvents",
  summary: "How many events match",
  request: { query: z.strictObject({ ...filterParameters, ...viewerParameters }) },
  responses: {
    200: {
      description: "The number of events.",
      content: jsonContent(z.object({ count: z.number().int() })),
    },
    default: problemResponse,
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/events/{id}",
  operationId: "getEvent",
  summary: "One event",
  request: { params: z.object({ id: z.string() }), query: z.strictObject(viewerParameters) },
  responses: {
    200: { description: "The event.", content: jsonContent(eventSchema) },
    304: { description: "The event is still the one of `If-None-Match`." },
    default: problemResponse,
  },
});

export function addEventRoutes(api: Api, tidings: Tidings): void {
  api.openapi(listRoute, async (c) => {
    const query = readingOf(c.get("identity"), c.req.valid("query"));
    const page = await tidings.events.list(query);
    const body = { ...page, items: page.items.map((event) => eventJson(event, query.viewer)) };
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });

  // Before the route with an id: "count" is not one.
  api.openapi(countRoute, async (c) => {
    const query = readingOf(c.get("identity"), c.req.valid("query"));
    return c.json({ count: await tidings.events.count(query) }, 200);
  });

  api.openapi(getRoute, async (c) => {
    const reading = readingOf(c.get("identity"), c.req.valid("query"));
    const event = eventJson(await tidings.events.get(c.req.valid("param").id, reading), reading.viewer);
    return unchanged(c, event) ? c.body(null, 304) : c.json(event, 200);
  });
}

/** Who else may see an event is not told to a viewer. */
export function eventJson(event: RecordedEvent, viewer: Viewer | undefined): z.infer<typeof eventSchema> {
  const keys = viewer && viewerKeys(viewer);
  return {
    ...event,
    refs: event.refs as Record<string, EntityRef | EntityRef[] | null>,
    data: event.data as Record<string, unknown>,
    occurredAt: event.occurredAt.toISOString(),
    audience: event.audience && event.audience.filter((key) => keys === undefined || keys.includes(key)),
  };
}
