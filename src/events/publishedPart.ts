import type { AnyEventDefinition } from "./defineEvent.ts";
import { isJsonObject } from "./jsonSchemaRef.ts";
import type { Json, JsonObject } from "./serializable.ts";

// What an app says of stored data: of an event all of it, of an action the input. The rest of an action's data is written by
// Tidings, which keeps reading it; in the app's file it would change with every release of ours.

/** The part of the schema of all data that describes what the app says. */
export function publishedSchema({ kind }: AnyEventDefinition, schema: JsonObject | null): JsonObject | null {
  if (kind === null || schema === null) return schema;
  const { properties } = schema;
  const input = isJsonObject(properties) ? properties["input"] : undefined;
  if (!isJsonObject(input)) return null;
  // As a schema of its own its references begin at it.
  return JSON.parse(JSON.stringify(input), (key, value: unknown) =>
    key === "$ref" && typeof value === "string" ? value.replace(/^#\/properties\/input/, "#") : value,
  ) as JsonObject;
}

export function publishedData({ kind }: AnyEventDefinition, stored: unknown): unknown {
  return kind === null ? stored : (stored as { readonly input: Json }).input;
}

/** Data that has this part: what upcasters take. */
export function withPublished({ kind }: AnyEventDefinition, part: JsonObject): JsonObject {
  return kind === null ? part : { input: part };
}
