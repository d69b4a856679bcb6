import type { Json, JsonObject } from "./serializable.ts";

/** How many references may lead to one another; a schema that refers to itself has no end. */
const MAX_STEPS = 8;

/** The schema that is meant: `#/$defs/address` leads into `root`. Undefined for what is no schema, or lies elsewhere. */
export function followRef(schema: Json | undefined, root: JsonObject): JsonObject | undefined {
  let at = schema;
  for (let step = 0; step < MAX_STEPS && isJsonObject(at) && typeof at["$ref"] === "string"; step++) {
    at = pointedAt(at["$ref"], root);
  }
  return isJsonObject(at) && at["$ref"] === undefined ? at : undefined;
}

function pointedAt(pointer: string, root: JsonObject): Json | undefined {
  if (pointer !== "#" && !pointer.startsWith("#/")) return undefined;
  let at: Json | undefined = root;
  for (const segment of pointer.split("/").slice(1)) {
    const key = decodeURIComponent(segment).replaceAll("~1", "/").replaceAll("~0", "~");
    at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
