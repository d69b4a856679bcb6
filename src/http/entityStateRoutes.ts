import { createRoute, z } from "@hono/zod-openapi";
import { isEventId } from "../log/eventId.ts";
import { entityState, stateMoments } from "../replay/entityState.ts";
import type { ReplayUntil } from "../replay/until.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { feedItemJson, feedItemSchema } from "./feedSchema.ts";
import { jsonContent } from "./jsonContent.ts";
import { inLocale, localeParameter } from "./localeQuery.ts";
import { problemResponse } from "./problem.ts";
import { unchanged } from "./unchanged.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";

const params = z.object({ type: z.string(), id: z.string() });

const until = z
  .union(
    [
      z
        .string()
        .refine(isEventId)
        .transform((eventId): ReplayUntil => ({ eventId })),
      z
        .string()
        .regex(/^[0-9]{1,15}$/)
        .transform((text): ReplayUntil => ({ position: Number(text) })),
      z.iso.datetime({ offset: true }).transform((text): ReplayUntil => ({ time: new Date(text) })),
    ],
    "must be the id of an event, a position or a time",
  )
  .optional()
  .openapi({
    type: "string",
    description: "The id of an event, which is included, a position or a time. Default: now.",
  });

const stateSchema = z
  .object({
    state: z.unknown().openapi({ description: "As the `state` of the entity's definition makes it." }),
    before: z
      .unknown()
      .openapi({ description: "The same without the last event; null where there is none." }),
    event: feedItemSchema.or(z.null()).openapi({ description: "The last one that is in it." }),
    events: z.number().int().openapi({ description: "How many are in it." }),
  })
  .openapi("EntityState");

const stateRoute = createRoute({
  method: "get",
  path: "/entities/{type}/{id}/state",
  operationId: "readEntityState",
  summary: "What the events of an entity add up to, now or at a moment",
  description:
    "Made of the events that the viewer may see, as if there were no others. Kinds without `state` answer STATE_NOT_DEFINED.",
  request: {
    params,
    query: z.strictObject({ until, ...viewerParameters, ...localeParameter }),
  },
  responses: {
    200: { description: "The state.", content: jsonContent(stateSchema) },
    304: { description: "It is still as of `If-None-Match`." },
    default: problemResponse,
  },
});

const momentsSchema = z
  .object({
    defined: z.boolean().openapi({ description: "False for kinds of entities without `state`." }),
    items: z.array(z.object({ id: z.string(), type: z.string(), at: z.iso.datetime() })).openapi({
      description:
        "The events that the state is made of, the oldest first: the newest 500 where there are more.",
    }),
    complete: z.boolean().openapi({ description: "False when there are earlier ones." }),
  })
  .openapi("StateMoments");

const momentsRoute = createRoute({
  method: "get",
  path: "/entities/{type}/{id}/state/moments",
  operationId: "listStateMoments",
  summary: "When the state of an entity may have changed",
  request: { params, query: z.strictObject(viewerParameters) },
  responses: {
    200: { description: "The moments.", content: jsonContent(momentsSchema) },
    304: { description: "They are still as of `If-None-Match`." },
    default: problemResponse,
  },
});

export function addEntityStateRoutes(api: Api, tidings: Tidings): void {
  const { db, registry } = tidings;

  api.openapi(momentsRoute, async (c) => {
    const reading = readingOf(c.get("identity"), c.req.valid("query"));
    const { items, ...rest } = await stateMoments({ db, registry }, c.req.valid("param"), reading);
    const body = { items: items.map(({ at, ...moment }) => ({ ...moment, at: at.toISOString() })), ...rest };
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });

  api.openapi(stateRoute, async (c) => {
    const {
      locale,
      until: end,
      ...reading
    } = inLocale(c, readingOf(c.get("identity"), c.req.valid("query")));
    const { account } = reading;
    const dependencies = { db, registry, accountOf: () => account };
    const asked = { ...reading, until: end };
    const { state, before, event, events } = await entityState(dependencies, c.req.valid("param"), asked);
    const [item] = event ? await tidings.items([event], { locale }) : [];
    const body = { state, before, event: item ? feedItemJson(item) : null, events };
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });
}
