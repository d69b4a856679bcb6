import { z } from "zod";
import type { AnyEventDefinition } from "./defineEvent.ts";
import { publishedData, withPublished } from "./publishedPart.ts";
import type { JsonObject } from "./serializable.ts";
import { upcastData } from "./upcast.ts";
import { pathOf, validateData } from "./validateData.ts";

/**
 * Why data that `version` stored does not read as the present data, which has this shape; null when it does. Throws what an
 * upcaster throws.
 */
export function whyUnreadable(
  golden: JsonObject,
  version: number,
  definition: AnyEventDefinition,
  present: JsonObject | null,
): string | null {
  const stored = withPublished(definition, structuredClone(golden));
  const data = upcastData(definition.upcasters, version, definition.version, stored);
  return whyNotPresent(publishedData(definition, data), definition, present);
}

/** Why this is not what the definition stores now; null when it is. */
export function whyNotPresent(
  part: unknown,
  definition: AnyEventDefinition,
  present: JsonObject | null,
): string | null {
  if (present !== null) return whyNot(part, present);
  validateData(withPublished(definition, part as JsonObject), definition); // as if it were recorded now: no shape is known
  return null;
}

/** What is stored is what a schema gives, which Standard Schema cannot check: it checks what a schema takes. */
function whyNot(data: unknown, shape: JsonObject): string | null {
  const { error } = z.fromJSONSchema(open(shape)).safeParse(data);
  const issue = error?.issues[0];
  return issue ? [pathOf(issue).join("."), issue.message].filter(Boolean).join(": ") : null;
}

/** Fields that the schema does not know harm no reader, and steps such as `({ ...old, position })` leave some. */
function open(schema: JsonObject): z.core.JSONSchema.BaseSchema {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === "additionalProperties" && value === false ? undefined : value,
  );
  return JSON.parse(text) as z.core.JSONSchema.BaseSchema;
}
