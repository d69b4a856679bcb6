import type { JsonObject } from "./serializable.ts";

type Side = "input" | "output";
type Converter = (options: { readonly target: "draft-2020-12" }) => JsonObject;
type Describing = { readonly "~standard": { readonly jsonSchema?: Record<Side, Converter> } };

/**
 * What a schema takes or gives, as JSON Schema, from a library that speaks Standard JSON Schema. Null for others, and for
 * what JSON Schema cannot say: there the library throws.
 */
export function jsonSchemaOf(schema: object, side: Side): JsonObject | null {
  try {
    return convert(schema, side);
  } catch {
    return null;
  }
}

/** What keeps a library that speaks Standard JSON Schema from saying what a schema gives, in its own words; null where nothing does. */
export function whyNoJsonSchema(schema: object): string | null {
  try {
    convert(schema, "output");
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function convert(schema: object, side: Side): JsonObject | null {
  return (schema as Describing)["~standard"].jsonSchema?.[side]({ target: "draft-2020-12" }) ?? null;
}
