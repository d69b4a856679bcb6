import type { StandardSchemaV1 } from "@standard-schema/spec";
import { jsonSchemaOf } from "../events/jsonSchemaOf.ts";
import type { Json, JsonObject } from "../events/serializable.ts";
import type { Upcasters } from "../events/upcast.ts";
import type { ActionData, ActionItem } from "./actionRecord.ts";

/** What an action's event holds, as a schema: with it catalogs, fixtures and checks treat actions as they do events. */
export function actionSchema(input: StandardSchemaV1 | undefined): StandardSchemaV1 {
  const describe = (side: "input" | "output") => () => {
    const schema = input ? jsonSchemaOf(input, side) : NO_INPUT;
    if (schema === null) throw new TypeError("The input has no JSON Schema");
    return side === "input" ? givenSchema(schema) : storedSchema(schema);
  };
  const standard = {
    version: 1 as const,
    vendor: "tidings",
    validate: (value: unknown) => withEmptyRest(value, input),
    jsonSchema: { input: describe("input"), output: describe("output") },
  };
  return { "~standard": standard };
}

/** Steps of the input as steps of all that the event holds. */
export function actionUpcasters(steps: Upcasters): Upcasters {
  return Object.fromEntries(
    Object.entries(steps).map(([version, { schema, step }]) => {
      const item = (old: ActionItem) => ({ ...old, input: step(old.input as never) as Json });
      const all = (old: ActionData) => ({ ...item(old), others: (old.others ?? []).map(item) });
      return [version, { schema: actionSchema(schema), step: all }];
    }),
  );
}

/** What a record of this input is that captured, recorded and performed nothing. */
export function emptyRecord(input: unknown): object {
  return { input, captured: {}, recorded: [], performed: [], others: [], within: null, after: false };
}

function withEmptyRest(
  value: unknown,
  input: StandardSchemaV1 | undefined,
): StandardSchemaV1.Result<unknown> {
  const given = value as { readonly input?: unknown };
  const result = input?.["~standard"].validate(given.input ?? {}) ?? { value: {} };
  if (result instanceof Promise) throw new TypeError("The schema validates asynchronously");
  if (result.issues)
    return {
      issues: result.issues.map((issue) => ({ ...issue, path: ["input", ...(issue.path ?? [])] })),
    };
  return { value: { ...emptyRecord(null), ...given, input: result.value } };
}

const NO_INPUT: JsonObject = { type: "object", properties: {}, additionalProperties: false };

function givenSchema(input: JsonObject): JsonObject {
  return { type: "object", properties: { input: placed(input) }, required: ["input"] };
}

function storedSchema(input: JsonObject): JsonObject {
  const item = {
    input: placed(input),
    captured: { type: "object" },
    recorded: { type: "array", items: { type: "object" } },
    performed: { type: "array", items: { type: "object" } },
  };
  const properties = {
    ...item,
    others: { type: "array", items: { type: "object" } },
    within: { type: ["string", "null"], format: "uuid" },
    after: { type: "boolean" },
  };
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

/** The schema stands one level lower, and what it refers to in itself with it. */
function placed(schema: JsonObject): JsonObject {
  const { $schema: _, ...rest } = schema;
  return JSON.parse(JSON.stringify(rest), (key, value: unknown) =>
    key === "$ref" && typeof value === "string" && value.startsWith("#")
      ? `#/properties/input${value.slice(1)}`
      : value,
  ) as JsonObject;
}
