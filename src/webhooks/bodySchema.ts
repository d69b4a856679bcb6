import type { CatalogEntry, CatalogRole, WebhookData } from "../events/catalog.ts";
import type { Json, JsonObject } from "../events/serializable.ts";

/**
 * What the standard format sends of a type, as JSON Schema. `at` is the JSON pointer to where the schema will stand, so that what
 * refers to itself still does. More properties may come: receivers pass over what they do not know.
 */
export function bodySchema(entry: CatalogEntry, { version, jsonSchema }: WebhookData, at = "#"): JsonObject {
  const properties = {
    type: { const: entry.type },
    timestamp: { ...TIME, description: "As occurredAt." },
    id: { type: "string", description: "Of the event: the same in every format and to every endpoint." },
    version: { const: version, description: "Of data." },
    account: { type: "string" },
    actor: entity(undefined, "Who did it."),
    onBehalfOf: orNull(entity(undefined, "Whom the actor acted for.")),
    subject: entity(entry.subject.kinds, "What it happened to."),
    refs: refs(entry.roles),
    data: jsonSchema === null ? { type: "object" } : moved(jsonSchema, `${at}/properties/data`),
    occurredAt: { ...TIME, description: "When it happened." },
    description: { type: "string", description: "The event in a sentence." },
  };
  return {
    type: "object",
    ...(entry.description !== null && { description: entry.description }),
    properties,
    required: Object.keys(properties),
  };
}

const TIME = { type: "string", format: "date-time" } as const;

function refs(roles: readonly CatalogRole[]): JsonObject {
  const ofRole = ({ kinds, holds }: CatalogRole): JsonObject =>
    holds === "many"
      ? { type: "array", items: entity(kinds) }
      : holds === "optional"
        ? orNull(entity(kinds))
        : entity(kinds);
  return {
    type: "object",
    description: "The others that it is about, by role.",
    properties: Object.fromEntries(roles.map((role) => [role.name, ofRole(role)])),
    required: roles.map(({ name }) => name),
  };
}

function entity(kinds?: readonly string[], description?: string): JsonObject {
  return {
    type: "object",
    ...(description !== undefined && { description }),
    properties: {
      type: kinds === undefined ? { type: "string" } : { enum: kinds },
      id: { type: "string" },
      label: { type: ["string", "null"], description: "Its name as it was then." },
    },
    required: ["type", "id", "label"],
  };
}

function orNull(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: "null" }] };
}

/** A schema as a part of another one: what points to its own root points to where that now is. */
function moved(schema: JsonObject, pointer: string): JsonObject {
  // One with a name of its own resolves its references against that.
  if (schema["$id"] !== undefined) return schema;
  const { $schema: _, ...rest } = schema;
  return mapEntries(rest, (key, value) => movedKeyword(key, value, pointer));
}

function movedKeyword(keyword: string, value: Json, pointer: string): Json {
  if (keyword === "$ref")
    return typeof value === "string" && /^#(\/|$)/.test(value) ? pointer + value.slice(1) : value;
  if (HOLD_DATA.includes(keyword)) return value;
  const inner = (item: Json): Json =>
    Array.isArray(item) ? item.map(inner) : isObject(item) ? moved(item, pointer) : item;
  return HOLD_NAMES.includes(keyword) && isObject(value)
    ? mapEntries(value, (_name, item) => inner(item))
    : inner(value);
}

/** Keywords whose values are data, whatever they look like. */
const HOLD_DATA = ["const", "enum", "examples", "default"];
/** Keywords whose keys are names: a property may be called `$ref`. */
const HOLD_NAMES = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapEntries(object: JsonObject, map: (key: string, value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]));
}
