import { isJsonObject } from "./jsonSchemaRef.ts";
import { sortedJson, type Json, type JsonObject } from "./serializable.ts";

/** One place where two shapes differ. Absent on the side that does not have it. */
export interface ShapeChange {
  /** `position.type`, `tags[].maxLength`, `required`. */
  readonly path: string;
  readonly published?: Json | undefined;
  readonly present?: Json | undefined;
  /** A field of an object that was not there before. Where nothing else changed, `required` neither, it is optional. */
  readonly isNewField: boolean;
}

// `default` is none of the stored value's business: what is stored has been filled in.
const ANNOTATIONS = new Set(
  "$schema $comment title description default examples deprecated readOnly writeOnly".split(" "),
);
/** Keywords whose value names schemas: what stands in it are names of properties, not keywords. */
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const VALUES = new Set(["const", "enum", "required", "type"]);

/**
 * What a JSON Schema says of the values that it describes, in one way of saying it: no annotations, keys and sets in order, no
 * pattern where a format stands (libraries spell a format as a pattern, and their next release spells it differently).
 * Equal shapes are equal as JSON.
 */
export function shapeOf(schema: JsonObject): JsonObject {
  const said = Object.entries(schema).filter(
    ([key]) => !ANNOTATIONS.has(key) && !(key === "pattern" && typeof schema["format"] === "string"),
  );
  return inOrder(
    said.map(([key, value]) => [key, NAMED.has(key) ? shapesByName(value) : saidBy(key, value)]),
  );
}

/** The places where the present shape is not the published one. */
export function shapeChanges(published: JsonObject, present: JsonObject): ShapeChange[] {
  return changesBetween(published, present, "", "schema");
}

function shapesByName(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return inOrder(Object.entries(value).map(([name, schema]) => [name, shape(schema)]));
}

function saidBy(keyword: string, value: Json): Json {
  if (keyword === "const") return value;
  if (VALUES.has(keyword)) return isList(value) ? value.toSorted(byJson) : value;
  return isList(value) ? value.map(shape) : shape(value);
}

function shape(value: Json): Json {
  return isJsonObject(value) ? shapeOf(value) : value;
}

/** What is compared: a schema, the fields of one by name, or one of these. */
type Compared = "schema" | "fields" | "field";

function changesBetween(
  published: Json | undefined,
  present: Json | undefined,
  path: string,
  compared: Compared,
): ShapeChange[] {
  if (isJsonObject(published) && isJsonObject(present)) {
    return [...new Set([...Object.keys(published), ...Object.keys(present)])].toSorted().flatMap((key) => {
      const [place, next] = inside(compared, path, key);
      return changesBetween(published[key], present[key], place, next);
    });
  }
  if (published !== undefined && present !== undefined && sortedJson(published) === sortedJson(present))
    return [];
  return [
    {
      path,
      ...(published !== undefined && { published }),
      ...(present !== undefined && { present }),
      isNewField: compared === "field" && published === undefined,
    },
  ];
}

/** The place by the name that it has in the data, not in the schema. */
function inside(compared: Compared, path: string, key: string): [path: string, compared: Compared] {
  const within = path === "" ? key : `${path}.${key}`;
  if (compared === "fields") return [within, "field"];
  if (key === "properties") return [path, "fields"];
  return [key === "items" ? `${path}[]` : within, "schema"];
}

function inOrder(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function byJson(a: Json, b: Json): number {
  return sortedJson(a) < sortedJson(b) ? -1 : 1;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
