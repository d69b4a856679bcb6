import type { StandardSchemaV1 } from "@standard-schema/spec";
import { TidingsError } from "../errors.ts";
import type { AnyEventDefinition } from "./defineEvent.ts";
import { checkSerializable, type JsonObject } from "./serializable.ts";

/** What a draft's data is stored as: the output of the schema, which must be a JSON object. Throws where it is wrong. */
export function validateData(input: unknown, definition: AnyEventDefinition): JsonObject {
  const data = definition.schema ? parse(input, definition) : input;
  checkSerializable(data, ["data"]);
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw new TidingsError("INVALID_DATA", {
      detail: `${definition.type}: data must be an object`,
      path: ["data"],
    });
  }
  if (!definition.schema && Object.keys(data).length > 0) {
    throw new TidingsError("INVALID_DATA", {
      detail: `${definition.type} is defined without data`,
      path: ["data"],
    });
  }
  return data as JsonObject;
}

function parse(input: unknown, definition: AnyEventDefinition): unknown {
  const { type } = definition;
  const result = validate(input, definition);
  if (result instanceof Promise) {
    result.catch(() => undefined); // nobody awaits it, and an unhandled rejection would end the process
    throw new TidingsError("INVALID_SCHEMA_RESULT", {
      detail: `${type}: the schema gave a promise (Zod does so too when a transform throws)`,
      path: ["data"],
    });
  }
  if (!result.issues) return result.value;
  const [issue] = result.issues;
  const path = ["data", ...(issue ? pathOf(issue) : [])];
  throw new TidingsError("INVALID_DATA", { detail: `${type}: ${path.join(".")}: ${issue?.message}`, path });
}

/** A transform that throws has met data that it cannot read: its event is refused, not the whole call. */
function validate(input: unknown, { type, schema }: AnyEventDefinition) {
  try {
    return schema!["~standard"].validate(input);
  } catch (cause) {
    throw new TidingsError("INVALID_DATA", {
      detail: `${type}: the schema threw ${String(cause)}`,
      path: ["data"],
      cause,
    });
  }
}

/** Where a schema found something wrong, outermost key first. */
export function pathOf({ path = [] }: StandardSchemaV1.Issue): (string | number)[] {
  return path.map((segment) => {
    const key = typeof segment === "object" ? segment.key : segment;
    return typeof key === "symbol" ? key.toString() : key;
  });
}
