import { followRef, isJsonObject } from "../events/jsonSchemaRef.ts";
import type { Json, JsonObject } from "../events/serializable.ts";

/** A JSON Schema as a type of TypeScript. What it cannot say, and what refers to itself without end, is `unknown`. */
export function schemaType(schema: JsonObject): string {
  return typeOf(schema, { root: schema, within: [], indent: "  " });
}

interface Place {
  readonly root: JsonObject;
  /** The references that led here. */
  readonly within: readonly string[];
  readonly indent: string;
}

function typeOf(given: Json | undefined, place: Place): string {
  if (!isJsonObject(given)) return given === false ? "never" : "unknown";
  const pointer = given["$ref"];
  if (typeof pointer === "string") {
    if (place.within.includes(pointer)) return "unknown";
    return typeOf(followRef(given, place.root), { ...place, within: [...place.within, pointer] });
  }
  if (given["const"] !== undefined) return literal(given["const"]);
  if (Array.isArray(given["enum"])) return either(given["enum"].map(literal));
  const alternatives = [given["anyOf"], given["oneOf"]].find(isList);
  if (alternatives) return either(alternatives.map((part) => typeOf(part, place)));
  if (isList(given["allOf"])) {
    const { allOf, ...own } = given;
    const parts = [...(allOf as readonly Json[]), own].map((part) => typeOf(part, place));
    return parts.filter((part) => part !== "unknown").join(" & ") || "unknown";
  }
  const types = [given["type"] ?? impliedType(given)].flat();
  return either(types.map((type) => plainType(String(type), given, place)));
}

function plainType(type: string, schema: JsonObject, place: Place): string {
  switch (type) {
    case "string":
    case "boolean":
    case "number":
    case "null":
      return type;
    case "integer":
      return "number";
    case "array":
      return arrayType(schema, place);
    case "object":
      return objectType(schema, place);
    default:
      return "unknown";
  }
}

function impliedType(schema: JsonObject): string {
  if (schema["properties"] !== undefined || schema["additionalProperties"] !== undefined) return "object";
  return schema["items"] !== undefined || schema["prefixItems"] !== undefined ? "array" : "unknown";
}

function arrayType(schema: JsonObject, place: Place): string {
  const items = schema["items"];
  if (!isList(schema["prefixItems"])) return `ReadonlyArray<${typeOf(items, place)}>`;
  const first = schema["prefixItems"].map((item) => typeOf(item, place));
  // More may follow unless the schema says otherwise.
  const rest = items === false ? [] : [`...ReadonlyArray<${typeOf(items, place)}>`];
  return `readonly [${[...first, ...rest].join(", ")}]`;
}

function objectType(schema: JsonObject, place: Place): string {
  const properties = isJsonObject(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const required = isList(schema["required"]) ? schema["required"] : [];
  const rest = schema["additionalProperties"];
  if (properties.length === 0) {
    if (rest === false) return "Readonly<Record<string, never>>";
    return `Readonly<Record<string, ${isJsonObject(rest) ? typeOf(rest, place) : "unknown"}>>`;
  }
  const inner = { ...place, indent: `${place.indent}  ` };
  const lines = properties.flatMap(([name, property]) => {
    const { description } = isJsonObject(property) ? property : {};
    const optional = required.includes(name) ? "" : "?";
    return [
      ...(typeof description === "string" ? [comment(description)] : []),
      `readonly ${propertyName(name)}${optional}: ${typeOf(property, inner)};`,
    ].map((line) => `${inner.indent}${line}\n`);
  });
  return `{\n${lines.join("")}${place.indent}}`;
}

/** One line, in which nothing ends the comment. */
export function comment(text: string): string {
  return `/** ${text.replaceAll(/\s+/g, " ").replaceAll("*/", "*\\/").trim()} */`;
}

export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** JSON is TypeScript, but for two line separators that older tools read as line ends. */
function literal(value: Json): string {
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? "ReadonlyArray<unknown>" : "object";
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function either(types: readonly string[]): string {
  const unique = [...new Set(types)];
  return unique.includes("unknown") ? "unknown" : unique.join(" | ") || "never";
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0;
}
