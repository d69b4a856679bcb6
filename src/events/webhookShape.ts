import type { StandardSchemaV1 } from "@standard-schema/spec";
import { TidingsError } from "../errors.ts";
import type { EventShape, Lane, SentenceEvent } from "./defineEvent.ts";
import { jsonSchemaOf } from "./jsonSchemaOf.ts";
import type { JsonObject } from "./serializable.ts";

/** Another `data` for those who receive the event than the one that is stored. */
export interface WebhookShape<Shape extends EventShape = EventShape> {
  /**
   * An endpoint gets the newest shape that is not newer than its `payloadVersion`, and the oldest one where all are
   * newer: raise it for a change that receivers must not see before they ask for it.
   */
  readonly version: number;
  /** What receivers see as `data`. Entities come with their public ids. Must be pure: a past event may be sent again. */
  readonly write: (event: SentenceEvent<Shape>) => JsonObject;
  /** What `write` gives, for the catalog and the types of receivers: a Standard Schema that can tell, or JSON Schema. */
  readonly schema?: StandardSchemaV1 | JsonObject | undefined;
}

/** The `webhook` option of a definition. */
export type WebhookOption<Shape extends EventShape> =
  boolean | WebhookShape<Shape> | readonly WebhookShape<Shape>[];

/** A shape without its types. */
export interface AnyWebhookShape {
  readonly version: number;
  readonly write: (event: SentenceEvent<never>) => JsonObject;
  readonly jsonSchema: JsonObject | null;
}

/**
 * The shapes in which a type goes out, oldest first: null where it never does, none where it goes out as it is. Events of
 * the system lane go out when asked to; row changes and tracking never do.
 */
export function webhookShapes<Shape extends EventShape>(
  type: string,
  lane: Lane,
  option: WebhookOption<Shape> | undefined,
): readonly AnyWebhookShape[] | null {
  if (option === false) return null;
  if (option === undefined) return lane === "domain" ? [] : null;
  if (lane !== "domain" && lane !== "system")
    invalid(type, `webhook: events of the ${lane} lane are never sent`);
  if (option === true) return [];
  const shapes = isList(option) ? option : [option];
  if (shapes.length === 0) invalid(type, "webhook: an empty list of shapes; leave it out, or pass false");
  for (const { version, write } of shapes.map(
    (shape) => shape ?? invalid(type, "webhook: a shape is missing"),
  )) {
    if (!Number.isInteger(version) || version < 1)
      invalid(type, `webhook: version ${version} must be a whole number from 1`);
    if (typeof write !== "function") invalid(type, `webhook: version ${version} has no write`);
    if (shapes.filter((shape) => shape.version === version).length > 1)
      invalid(type, `webhook: version ${version} is there twice`);
  }
  return shapes
    .map(({ version, write, schema }) => ({ version, write, jsonSchema: schemaOf(schema) }))
    .sort((a, b) => a.version - b.version);
}

/** The shape for an endpoint; null where the type goes out as it is stored. */
export function webhookShapeFor(
  shapes: readonly AnyWebhookShape[],
  payloadVersion: number,
): AnyWebhookShape | null {
  return shapes.findLast(({ version }) => version <= payloadVersion) ?? shapes[0] ?? null;
}

function isList<Shape extends EventShape>(
  option: WebhookShape<Shape> | readonly WebhookShape<Shape>[],
): option is readonly WebhookShape<Shape>[] {
  return Array.isArray(option);
}

function schemaOf(schema: StandardSchemaV1 | JsonObject | undefined): JsonObject | null {
  if (schema === undefined) return null;
  return "~standard" in schema ? jsonSchemaOf(schema, "output") : schema;
}

function invalid(type: string, detail: string): never {
  throw new TidingsError("INVALID_DEFINITION", { detail: `${type}: ${detail}` });
}
