import { createRoute, z } from "@hono/zod-openapi";
import { isTidingsError } from "../errors.ts";
import { entitiesOf, entityKey, type EntityRef } from "../events/entity.ts";
import type { EventEffect, EventTrace } from "../events/trace.ts";
import type { FeedItem } from "../feed/feedItem.ts";
import type { EventReader } from "../log/eventReaders.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { entitySchema } from "./entitySchema.ts";
import { eventJson, eventSchema } from "./eventRoutes.ts";
import { feedItemJson, feedItemSchema } from "./feedSchema.ts";
import { mayActAs, type Identity } from "./identity.ts";
import { jsonContent } from "./jsonContent.ts";
import { inLocale, localeParameter } from "./localeQuery.ts";
import { problemResponse } from "./problem.ts";
import { readingOf, viewerParameters } from "./viewerQuery.ts";
import { deliveryDetailsJson, deliveryDetailsSchema } from "./webhookDeliverySchema.ts";

const tracedSchema = z.object({ event: eventSchema, item: feedItemSchema }).openapi("TracedEvent");

interface TracedEffect extends z.infer<typeof tracedSchema> {
  effects: TracedEffect[];
}

const effectSchema: z.ZodType<TracedEffect> = tracedSchema
  .extend({
    // Named by hand: what refers to itself cannot be derived.
    effects: z.array(z.lazy(() => effectSchema)).openapi({
      type: "array",
      items: { $ref: "#/components/schemas/TracedEffect" },
      description: "What this one led to.",
    }),
  })
  .openapi("TracedEffect");

const tracedDeliverySchema = deliveryDetailsSchema.omit({ content: true }).openapi("TracedDelivery");

const traceSchema = tracedSchema
  .extend({
    position: z.number().int().nullable().openapi({ description: "Null in the moment before it has one." }),
    causes: z.array(tracedSchema).openapi({ description: "What led to it, the nearest first; 32 at most." }),
    effects: z.array(effectSchema).openapi({
      description: "What it led to, oldest first, each with what that led to; 200 in all at most.",
    }),
    truncated: z.boolean().openapi({ description: "There are more effects." }),
    timelines: z.array(entitySchema).openapi({ description: "The entities on whose timelines it is." }),
    subscriptions: z
      .array(z.object({ name: z.string(), state: z.enum(["done", "behind", "parked"]) }))
      .nullable()
      .openapi({ description: "Who reads it, for the role `operator`; null for others." }),
    deliveries: z.array(tracedDeliverySchema).nullable().openapi({
      description:
        "The newest 20 to webhooks, with their attempts, for the role `service`; null for others, and when webhooks are off.",
    }),
  })
  .openapi("Trace");

const traceRoute = createRoute({
  method: "get",
  path: "/events/{id}/trace",
  operationId: "traceEvent",
  summary: "What led to an event, what it led to, and who was told",
  request: {
    params: z.object({ id: z.string() }),
    query: z.strictObject({ ...viewerParameters, ...localeParameter }),
  },
  responses: {
    200: { description: "The trace.", content: jsonContent(traceSchema) },
    default: problemResponse,
  },
});

const MAX_DELIVERIES = 20;

export function addTraceRoute(api: Api, tidings: Tidings): void {
  api.openapi(traceRoute, async (c) => {
    const identity = c.get("identity");
    const { locale, ...reading } = inLocale(c, readingOf(identity, c.req.valid("query")));
    const trace = await tidings.events.trace(c.req.valid("param").id, reading);
    const all = [trace.event, ...trace.causes, ...eventsIn(trace.effects)];
    const items = new Map(
      (await tidings.items(all, { locale })).map((item): [string, FeedItem] => [item.id, item]),
    );
    const traced = (event: EventTrace["event"]) => ({
      event: eventJson(event, reading.viewer),
      item: feedItemJson(items.get(event.id)!),
    });
    const tracedEffect = ({ event, effects }: EventEffect): TracedEffect => ({
      ...traced(event),
      effects: effects.map(tracedEffect),
    });
    return c.json(
      {
        ...traced(trace.event),
        position: trace.position,
        causes: trace.causes.map(traced),
        effects: trace.effects.map(tracedEffect),
        truncated: trace.truncated,
        timelines: timelinesOf(trace.event),
        subscriptions: await readersOf(identity, trace),
        deliveries: await deliveriesOf(identity, trace.event.id),
      },
      200,
    );
  });

  async function readersOf(
    identity: Identity,
    { event, position }: EventTrace,
  ): Promise<EventReader[] | null> {
    if (!mayActAs(identity, "operator")) return null;
    return position === null ? [] : tidings.subscriptions.readersOf(event, position);
  }

  async function deliveriesOf(identity: Identity, event: string) {
    if (!mayActAs(identity, "service")) return null;
    const { account } = identity;
    const { deliveries } = tidings.webhooks;
    try {
      const { items } = await deliveries.list({ account, event, limit: MAX_DELIVERIES });
      const details = await Promise.all(items.map(({ id }) => deliveries.get(id, { account })));
      return details.map((each) => {
        const { content: _content, ...shown } = deliveryDetailsJson(each);
        return shown;
      });
    } catch (error) {
      if (isTidingsError(error, "WEBHOOKS_OFF")) return null;
      throw error;
    }
  }
}

function eventsIn(effects: readonly EventEffect[]): EventEffect["event"][] {
  return effects.flatMap(({ event, effects: further }) => [event, ...eventsIn(further)]);
}

function timelinesOf(event: EventTrace["event"]): EntityRef[] {
  return [...new Map(entitiesOf(event).map((entity) => [entityKey(entity), entity])).values()];
}
