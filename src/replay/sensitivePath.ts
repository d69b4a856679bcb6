import type { StandardSchemaV1 } from "@standard-schema/spec";
import { invalidDefinition } from "../events/definitionFields.ts";
import { jsonSchemaOf } from "../events/jsonSchemaOf.ts";
import { followRef, isJsonObject } from "../events/jsonSchemaRef.ts";
import type { Json, JsonObject } from "../events/serializable.ts";

/** A field of the input, one inside it, or a captured value. */
export type SensitivePath<Input> =
  | `captured.${string}`
  | (Input extends object
      ? { [Key in keyof Input & string]: Key | `${Key}.${string}` }[keyof Input & string]
      : never);

const CAPTURED = "captured.";

/** A captured value's name, or undefined where the path leads into the input. */
export function capturedName(path: string): string | undefined {
  return path.startsWith(CAPTURED) ? path.slice(CAPTURED.length) : undefined;
}

/** A path that leads nowhere would leave a secret in the open: throws INVALID_DEFINITION where the schema tells. */
export function checkSensitive(
  type: string,
  paths: readonly string[],
  input: StandardSchemaV1 | undefined,
): void {
  const schema = input && jsonSchemaOf(input, "output");
  for (const path of paths) {
    if (typeof path !== "string" || path === "" || path.split(".").includes(""))
      invalidDefinition(type, `sensitive: "${path}" is no path`);
    if (capturedName(path) !== undefined) continue;
    if (input === undefined) invalidDefinition(type, `sensitive: there is no input, so no "${path}" in it`);
    if (schema && !leadsSomewhere(schema, path.split("."), schema))
      invalidDefinition(type, `sensitive: the input has no "${path}"`);
  }
}

/** What the schema leaves open (unions, records, anything) may have every key; a text or a number has none. */
function leadsSomewhere(schema: JsonObject, keys: readonly string[], root: JsonObject): boolean {
  const [key, ...rest] = keys;
  if (key === undefined) return true;
  const { type, properties, items } = schema;
  if (typeof type === "string" && type !== "object" && !(type === "array" && key === "*")) return false;
  const next = key === "*" ? items : isJsonObject(properties) ? properties[key] : undefined;
  const below = followRef(next as Json | undefined, root);
  if (below) return leadsSomewhere(below, rest, root);
  return next !== undefined || !isJsonObject(properties) || schema["additionalProperties"] !== false;
}
