import type { CatalogEntry } from "./catalog.ts";
import { followRef, isJsonObject } from "./jsonSchemaRef.ts";
import type { Json, JsonObject } from "./serializable.ts";

/** A field of an event's data as a column. */
export interface DataColumn {
  readonly field: string;
  readonly sqlType: SqlType;
  /** The versions in which the field is stored with this type. */
  readonly versions: readonly number[];
}

export type SqlType =
  "text" | "bigint" | "numeric" | "double precision" | "boolean" | "timestamptz" | "date" | "uuid" | "jsonb";

/** One column for each field of the present version, by JSON Schema; none where there is no schema. */
export function dataColumns({ version, jsonSchema, olderVersions }: CatalogEntry): DataColumn[] {
  const older = olderVersions.map((old) => ({ version: old.version, types: fieldTypes(old.jsonSchema) }));
  return [...fieldTypes(jsonSchema)].map(([field, sqlType]) => ({
    field,
    sqlType,
    versions: [
      ...older.filter(({ types }) => types.get(field) === sqlType).map((old) => old.version),
      version,
    ],
  }));
}

function fieldTypes(schema: JsonObject | null): ReadonlyMap<string, SqlType> {
  const types = new Map<string, SqlType>();
  if (!schema) return types;
  // A union or an intersection of objects has the fields of each; one that differs among them is JSON.
  const visit = (at: Json | undefined, depth: number): void => {
    const object = followRef(at, schema);
    if (!object || depth > 8) return;
    for (const [field, property] of Object.entries(
      isJsonObject(object["properties"]) ? object["properties"] : {},
    )) {
      const type = sqlType(property, schema);
      const known = types.get(field);
      types.set(field, known === undefined || known === type ? type : "jsonb");
    }
    for (const key of ["anyOf", "oneOf", "allOf"]) {
      if (Array.isArray(object[key])) for (const part of object[key]) visit(part as Json, depth + 1);
    }
  };
  visit(schema, 0);
  return types;
}

const FORMATS: Readonly<Record<string, SqlType>> = { "date-time": "timestamptz", date: "date", uuid: "uuid" };

function sqlType(property: Json, root: JsonObject, depth = 0): SqlType {
  const schema = followRef(property, root);
  if (!schema || depth > 8) return "jsonb";
  const union = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(union)) {
    const members = (union as Json[]).filter((member) => !isJsonObject(member) || member["type"] !== "null");
    return same(members.map((member) => sqlType(member, root, depth + 1)));
  }
  const values = schema["enum"] ?? (schema["const"] === undefined ? undefined : [schema["const"]]);
  const types = [schema["type"] ?? (Array.isArray(values) ? values.map(jsonType) : [])].flat();
  return same(types.filter((type) => type !== "null").map((type) => ofType(type, schema)));
}

function ofType(type: Json, schema: JsonObject): SqlType {
  switch (type) {
    case "string":
      return FORMATS[String(schema["format"])] ?? "text";
    case "integer":
      return fitsBigint(schema) ? "bigint" : "numeric";
    case "number":
      return "double precision";
    case "boolean":
      return "boolean";
    default:
      return "jsonb";
  }
}

/** A schema without bounds also allows 1e30, and a single such row would make every query fail. */
function fitsBigint(schema: JsonObject): boolean {
  const bounds = [
    schema["minimum"] ?? schema["exclusiveMinimum"],
    schema["maximum"] ?? schema["exclusiveMaximum"],
  ];
  const values = schema["enum"] ?? (schema["const"] === undefined ? bounds : [schema["const"]]);
  return (
    Array.isArray(values) && values.every((value) => typeof value === "number" && Math.abs(value) <= 2 ** 62)
  );
}

function same(types: readonly SqlType[]): SqlType {
  const [first = "jsonb"] = types;
  return types.every((type) => type === first) ? first : "jsonb";
}

function jsonType(value: Json): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
