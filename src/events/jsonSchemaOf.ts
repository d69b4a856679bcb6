import type { JsonObject } from "./serializable.ts";

type Converter = (options: { readonly target: "draft-2020-12" }) => JsonObject;
type Describing = { readonly "~standard": { readonly jsonSchema?: Record<"input" | "output", Converter> } };

/**
 * What a schema takes or gives, as JSON Schema, from a library that speaks Standard JSON Schema. Null for others, and for
 * what JSON Schema cannot say: there the library throws.
 */
export function jsonSchemaOf(schema: object, side: "input" | "output"): JsonObject | null {
  try {
    return (schema as Describing)["~standard"].jsonSchema?.[side]({ target: "draft-2020-12" }) ?? null;
  } catch {
    return null;
  }
}
