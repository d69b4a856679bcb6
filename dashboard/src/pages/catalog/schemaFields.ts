import type { JsonSchema } from "../../dashboardApi/catalog.ts";

/** One line of the table that a schema is read as. */
export interface SchemaField {
  /** `lines[].name`: where in the data. */
  readonly path: string;
  /** How deep, from 0. */
  readonly depth: number;
  /** "text", "whole number, from 1", "one of EUR, USD", "list of text". */
  readonly type: string;
  readonly required: boolean;
  readonly description: string | null;
}

/** Schemas that refer to themselves end somewhere. */
const DEEPEST = 4;

/** The fields of an object, outermost first, each followed by its own. Empty where there are none, or none that are known. */
export function schemaFields(schema: JsonSchema): SchemaField[] {
  return fieldsOf(schema, schema, "", 0);
}

function fieldsOf(schema: JsonSchema, root: JsonSchema, before: string, depth: number): SchemaField[] {
  if (depth > DEEPEST) return [];
  const { properties, required } = resolved(schema, root);
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(asObject(properties) ?? {}).flatMap(([name, given]) => {
    const own = resolved(asObject(given) ?? {}, root);
    const path = `${before}${name}`;
    const items = asObject(own["items"]);
    const nested = items ? resolved(items, root) : own;
    return [
      {
        path,
        depth,
        type: typeWords(own, root),
        required: needed.includes(name),
        description: textOf(own["description"]),
      },
      ...fieldsOf(nested, root, `${path}${items ? "[]" : ""}.`, depth + 1),
    ];
  });
}

function typeWords(given: JsonSchema, root: JsonSchema): string {
  const schema = resolved(given, root);
  if ("const" in schema) return `always ${written(schema["const"])}`;
  if (Array.isArray(schema["enum"])) return `one of ${schema["enum"].map(written).join(", ")}`;
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices))
    return [...new Set(choices.map((each) => typeWords(asObject(each) ?? {}, root)))].join(" or ");
  const { type } = schema;
  if (Array.isArray(type)) return type.map((each) => typeWords({ ...schema, type: each }, root)).join(" or ");
  if (type === "array") {
    const items = asObject(schema["items"]);
    return items ? `list of ${typeWords(items, root)}` : "list";
  }
  const name = names[String(type)] ?? "anything";
  return [textOf(schema["format"]) ?? name, ...bounds(schema)].join(", ");
}

const names: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "yes or no",
  object: "object",
  null: "null",
};

/** A library writes the largest whole number that it can hold as a bound: that says nothing. */
function bounds(schema: JsonSchema): string[] {
  const from = schema["minimum"] ?? schema["minLength"];
  const to = schema["maximum"] ?? schema["maxLength"];
  const unit = "minLength" in schema || "maxLength" in schema ? " characters" : "";
  const saysFrom = typeof from === "number" && Math.abs(from) < Number.MAX_SAFE_INTEGER;
  const saysTo = typeof to === "number" && Math.abs(to) < Number.MAX_SAFE_INTEGER;
  if (saysFrom && saysTo) return [`${from.toLocaleString()} to ${to.toLocaleString()}${unit}`];
  if (saysFrom) return [`from ${from.toLocaleString()}${unit}`];
  return saysTo ? [`up to ${to.toLocaleString()}${unit}`] : [];
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = textOf(schema["$ref"]);
  if (reference === null) return schema;
  let found: unknown = root;
  for (const part of reference.replace(/^#\/?/, "").split("/").filter(Boolean))
    found = asObject(found)?.[part];
  return asObject(found) ?? {};
}

function asObject(value: unknown): JsonSchema | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
