import { createRoute, z } from "@hono/zod-openapi";
import type { Tidings } from "../tidings.ts";
import type { PublicEventType, PublicEventVersion } from "../webhooks/eventTypes.ts";
import type { Api } from "./api.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";

const jsonObject = z.record(z.string(), z.unknown());

const versionShape = {
  version: z.number().int().openapi({ description: "Of `data` in the body." }),
  jsonSchema: jsonObject.openapi({ description: "Of the body in the standard format, draft 2020-12." }),
  example: jsonObject.nullable().openapi({ description: "A body." }),
};

const eventTypeSchema = z
  .object({
    type: z.string().openapi({ example: "card.moved" }),
    category: z.string().openapi({ example: "card" }),
    description: z.string().nullable(),
    ...versionShape,
    olderVersions: z.array(z.object(versionShape)).openapi({
      description: "For endpoints with an older `payloadVersion`.",
    }),
  })
  .openapi("WebhookEventType");

const responses = {
  200: {
    description: "Every type that goes out, by name.",
    content: jsonContent(z.object({ items: z.array(eventTypeSchema) })),
  },
  default: problemResponse,
};

const listRoute = createRoute({
  method: "get",
  path: "/event-types",
  operationId: "listEventTypes",
  summary: "What an endpoint may ask for, with JSON Schema and an example for each type",
  request: { query: z.strictObject({}) },
  responses,
});

const underWebhooksRoute = createRoute({
  ...listRoute,
  path: "/webhooks/event-types",
  operationId: "listWebhookEventTypes",
  summary: "As /event-types",
});

const asyncapiRoute = createRoute({
  method: "get",
  path: "/webhooks/asyncapi.json",
  operationId: "readAsyncapi",
  summary: "All webhooks in AsyncAPI 3",
  request: { query: z.strictObject({}) },
  responses: {
    200: { description: "The description.", content: jsonContent(jsonObject) },
    default: problemResponse,
  },
});

export function addWebhookEventTypeRoutes(api: Api, tidings: Tidings): void {
  const items = () => tidings.webhooks.eventTypes().map(eventTypeJson);
  api.openapi(listRoute, (c) => c.json({ items: items() }, 200));
  api.openapi(underWebhooksRoute, (c) => c.json({ items: items() }, 200));
  api.openapi(asyncapiRoute, (c) => {
    const document: Record<string, unknown> = tidings.webhooks.asyncapi();
    return c.json(document, 200);
  });
}

function eventTypeJson(each: PublicEventType): z.infer<typeof eventTypeSchema> {
  const { type, category, description, olderVersions } = each;
  return {
    type,
    category,
    description,
    ...versionJson(each),
    olderVersions: olderVersions.map(versionJson),
  };
}

function versionJson({ version, jsonSchema, example }: PublicEventVersion) {
  return { version, jsonSchema, example };
}
