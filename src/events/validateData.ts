import type { StandardSchemaV1 } from "@standard-schema/spec";
import { TidingsError } from "../errors.ts";
import type { AnyEventDefinition } from "./defineEvent.ts";
import { checkSerializable, type JsonObject } from "./serializable.ts";

/** What a draft's data is stored as: the output of the schema, which must be a JSON object. Throws where it is wrong. */
export function validateData(input: unknown, definition: AnyEventDefinition): JsonObject {
  const { type, schema } = definition;
  const data = schema ? parseInput(input, { type, schema, at: "data" }) : input;
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

interface Parsing {
  readonly type: string;
  readonly schema: StandardSchemaV1;
  /** What the input is called in errors: `data`. */
  readonly at: string;
}

/** What the schema makes of it. Throws INVALID_DATA with the path, INVALID_SCHEMA_RESULT for one that takes its time. */
export function parseInput(input: unknown, { type, schema, at }: Parsing): unknown {
  const result = validate(input, { type, schema, at });
  if (result instanceof Promise) {
    result.catch(() => undefined); // nobody awaits it, and an unhandled rejection would end the process
    throw new TidingsError("INVALID_SCHEMA_RESULT", {
      detail: `${type}: the schema gave a promise (Zod does so too when a transform throws)`,
      path: [at],
    });
  }
  if (!result.issues) return result.value;
  const [issue] = result.issues;
  const path = [at, ...(issue ? pathOf(issue) : [])];
  throw new TidingsError("INVALID_DATA", { detail: `${type}: ${path.join(".")}: ${issue?.message}`, path });
}

/** A transform that throws has met data that it cannot read: its event is refused, not the whole call. */
function validate(input: unknown, { type, schema, at }: Parsing) {
  try {
    return schema["~standard"].validate(input);
  } catch (cause) {
    throw new TidingsError("INVALID_DATA", {
      detail: `${type}: the schema threw ${String(cause)}`,
      path: [at],
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
