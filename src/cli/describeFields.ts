import { followRef, isJsonObject } from "../events/jsonSchemaRef.ts";
import type { Json, JsonObject } from "../events/serializable.ts";

/** A field of a JSON Schema in words. */
export interface FieldDescription {
  /** `address.city`, `items[].name`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string | undefined;
}

/** Every field, outermost first, nested ones after the field that holds them. */
export function describeFields(schema: JsonObject): FieldDescription[] {
  return fieldsOf(schema, "", { root: schema, depth: 0 });
}

interface Place {
  readonly root: JsonObject;
  readonly depth: number;
}

/** Deeper than this a table stops being readable; recursive schemas have no end. */
const MAX_DEPTH = 5;

function fieldsOf(given: Json | undefined, prefix: string, place: Place): FieldDescription[] {
  const schema = followRef(given, place.root);
  if (!schema || place.depth > MAX_DEPTH) return [];
  const deeper = { ...place, depth: place.depth + 1 };
  if (schema["items"] !== undefined) return fieldsOf(schema["items"], `${prefix}[]`, deeper);
  const required = list(schema["required"]);
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const own = Object.entries(properties).flatMap(([name, property]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const { description } = followRef(property, place.root) ?? {};
    const field = {
      path,
      type: typeInWords(property, deeper),
      required: required.includes(name),
      description: typeof description === "string" ? description : undefined,
    };
    return [field, ...fieldsOf(property, path, deeper)];
  });
  const alternatives = [...list(schema["anyOf"]), ...list(schema["oneOf"])].map((part) =>
    fieldsOf(part, prefix, deeper),
  );
  const parts = list(schema["allOf"]).flatMap((part) => fieldsOf(part, prefix, deeper));
  return [...own, ...parts, ...union(alternatives)];
}

/** A field that only some alternatives have is optional; one that differs among them has each type. */
function union(alternatives: readonly FieldDescription[][]): FieldDescription[] {
  const paths = [...new Set(alternatives.flat().map(({ path }) => path))];
  return paths.map((path) => {
    const found = alternatives.flatMap((fields) => fields.filter((field) => field.path === path));
    return {
      path,
      type: either(found.map(({ type }) => type)),
      required: found.length === alternatives.length && found.every(({ required }) => required),
      description: found.find(({ description }) => description !== undefined)?.description,
    };
  });
}

function typeInWords(given: Json | undefined, place: Place): string {
  const schema = followRef(given, place.root);
  if (!schema || place.depth > MAX_DEPTH) return "anything";
  const deeper = { ...place, depth: place.depth + 1 };
  if (schema["const"] !== undefined) return code(schema["const"]);
  if (Array.isArray(schema["enum"])) return either(schema["enum"].map(code));
  const alternatives = [...list(schema["anyOf"]), ...list(schema["oneOf"])];
  if (alternatives.length > 0) return either(alternatives.map((part) => typeInWords(part, deeper)));
  const types = [schema["type"] ?? []].flat();
  if (types.length === 0)
    return list(schema["allOf"]).length > 0 || schema["properties"] !== undefined ? "object" : "anything";
  return either(types.map((type) => ofType(String(type), schema, deeper)));
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "time",
  date: "date",
  uuid: "UUID",
  email: "e-mail address",
  uri: "address (URI)",
};

function ofType(type: string, schema: JsonObject, place: Place): string {
  switch (type) {
    case "string": {
      const format = typeof schema["format"] === "string" ? schema["format"] : undefined;
      if (format !== undefined) return FORMATS[format] ?? `text (${format})`;
      const pattern = typeof schema["pattern"] === "string" ? `like \`${schema["pattern"]}\`` : undefined;
      return withBounds("text", [range(schema["minLength"], schema["maxLength"], "characters"), pattern]);
    }
    case "integer":
      return withBounds("whole number", [numberRange(schema)]);
    case "number":
      return withBounds("number", [numberRange(schema)]);
    case "boolean":
      return "true or false";
    case "array":
      return withBounds(
        schema["items"] === undefined ? "list" : `list of ${typeInWords(schema["items"], place)}`,
        [range(schema["minItems"], schema["maxItems"], "items")],
      );
    case "object":
      return isJsonObject(schema["additionalProperties"])
        ? `object with values of ${typeInWords(schema["additionalProperties"], place)}`
        : "object";
    default:
      return type;
  }
}

function numberRange(schema: JsonObject): string | undefined {
  const above = schema["exclusiveMinimum"];
  const below = schema["exclusiveMaximum"];
  const parts = [
    typeof above === "number" ? `more than ${above}` : undefined,
    typeof below === "number" ? `less than ${below}` : undefined,
    range(schema["minimum"], schema["maximum"], ""),
  ];
  return parts.filter((part) => part !== undefined).join(", ") || undefined;
}

function range(least: Json | undefined, most: Json | undefined, unit: string): string | undefined {
  // A library that bounds integers by what JavaScript can count says nothing that readers need.
  const low =
    typeof least === "number" && least > Number.MIN_SAFE_INTEGER && !(unit !== "" && least === 0)
      ? least
      : undefined;
  const high = typeof most === "number" && most < Number.MAX_SAFE_INTEGER ? most : undefined;
  const tail = unit === "" ? "" : ` ${unit}`;
  if (low !== undefined && high !== undefined)
    return low === high ? `exactly ${low}${tail}` : `${low} to ${high}${tail}`;
  if (low !== undefined) return `at least ${low}${tail}`;
  return high === undefined ? undefined : `at most ${high}${tail}`;
}

function withBounds(type: string, bounds: readonly (string | undefined)[]): string {
  return [type, ...bounds.filter((bound) => bound !== undefined)].join(", ");
}

function either(types: readonly string[]): string {
  return [...new Set(types)].join(" or ");
}

function code(value: Json): string {
  return `\`${JSON.stringify(value)}\``;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
