import { createRoute, z } from "@hono/zod-openapi";
import type { CatalogEntry } from "../events/catalog.ts";
import { actionKinds, lanes, severities } from "../events/defineEvent.ts";
import type { JsonObject } from "../events/serializable.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { unchanged } from "./unchanged.ts";

const jsonObject = z.record(z.string(), z.unknown());
const jsonSchema = jsonObject.nullable().openapi({
  description: "Draft 2020-12. Null where the schema library cannot tell.",
});
const example = jsonObject.nullable();

const catalogEntrySchema = z
  .object({
    type: z.string().openapi({ example: "card.moved" }),
    category: z.string().openapi({ example: "card" }),
    lane: z.enum(lanes),
    severity: z.enum(severities),
    kind: z.enum(actionKinds).nullable(),
    version: z.number().int(),
    description: z.string().nullable(),
    subject: z.object({ kinds: z.array(z.string()) }),
    roles: z.array(
      z.object({
        name: z.string(),
        kinds: z.array(z.string()).openapi({ description: "The kinds of entities that it takes." }),
        holds: z.enum(["one", "optional", "many"]),
      }),
    ),
    aliases: z.array(z.string()),
    icon: z.string().openapi({ description: "A Lucide icon name." }),
    jsonSchema,
    example: example.openapi({ description: "Data as it is stored." }),
    sentence: z.string().nullable().openapi({ description: "What a person would read of the example." }),
    olderVersions: z.array(z.object({ version: z.number().int(), jsonSchema })),
    webhook: z.array(z.object({ version: z.number().int(), jsonSchema, example })).openapi({
      description: "The versions of `data` that webhooks send, oldest first; empty where they never do.",
    }),
  })
  .openapi("CatalogEntry");

const catalogRoute = createRoute({
  method: "get",
  path: "/catalog",
  operationId: "readCatalog",
  summary: "What there is to know about each event type, also those that no webhook sends",
  request: { query: z.strictObject({}) },
  responses: {
    200: {
      description: "Every type, by name.",
      content: jsonContent(z.object({ items: z.array(catalogEntrySchema) })),
    },
    304: { description: "It is still the one of `If-None-Match`." },
    default: problemResponse,
  },
});

export function addCatalogRoute(api: Api, tidings: Tidings): void {
  api.openapi(catalogRoute, (c) => {
    const body = { items: tidings.catalog().map(entryJson) };
    return unchanged(c, body) ? c.body(null, 304) : c.json(body, 200);
  });
}

function entryJson(entry: CatalogEntry): z.infer<typeof catalogEntrySchema> {
  return {
    type: entry.type,
    category: entry.category,
    lane: entry.lane,
    severity: entry.severity,
    kind: entry.kind,
    version: entry.version,
    description: entry.description,
    subject: { kinds: [...entry.subject.kinds] },
    roles: entry.roles.map(({ name, kinds, holds }) => ({ name, kinds: [...kinds], holds })),
    aliases: [...entry.aliases],
    icon: entry.icon,
    jsonSchema: objectJson(entry.jsonSchema),
    example: objectJson(entry.example),
    sentence: entry.sentence,
    olderVersions: entry.olderVersions.map((older) => ({
      version: older.version,
      jsonSchema: objectJson(older.jsonSchema),
    })),
    webhook: entry.webhook.map((sent) => ({
      version: sent.version,
      jsonSchema: objectJson(sent.jsonSchema),
      example: objectJson(sent.example),
    })),
  };
}

function objectJson(value: JsonObject | null): Record<string, unknown> | null {
  return value && { ...value };
}
