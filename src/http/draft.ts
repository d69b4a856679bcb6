import { z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import { severities } from "../events/defineEvent.ts";
import type { Draft } from "../events/draft.ts";
import type { Tidings } from "../tidings.ts";
import { entitySchema } from "./entitySchema.ts";
import { mayActAs, type Identity } from "./identity.ts";
import { invalidRequest } from "./invalidRequest.ts";

const givenEntity = entitySchema
  .extend({ label: entitySchema.shape.label.optional() })
  .strict()
  .openapi("GivenEntity");

/** An event as a client gives it. */
export const draftSchema = z
  .strictObject({
    type: z.string().openapi({ example: "card.moved" }),
    subject: givenEntity,
    refs: z.record(z.string(), z.union([givenEntity, z.array(givenEntity), z.null()])).optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    severity: z.enum(severities).optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    idempotencyKey: z.string().optional().openapi({
      description:
        "A second event with this key returns the first one. A `writer` has keys of its own; a `service` shares the app's.",
    }),
    causedBy: z.string().nullable().optional().openapi({ description: "The id of the event that led here." }),
    audience: z.array(z.string()).nullable().optional().openapi({
      description:
        "Role `service`. Who may see it: `type:id` or keys of the app's; null for everybody. Default: as the type says.",
    }),
    actor: givenEntity.optional().openapi({ description: "Role `service`. Default: who asks." }),
    onBehalfOf: givenEntity.or(z.null()).optional().openapi({ description: "Role `service`." }),
    occurredAt: z.iso.datetime({ offset: true }).optional().openapi({
      description: "Role `service`. Default: now, by the database's clock.",
    }),
  })
  .openapi("Draft");

type GivenDraft = z.infer<typeof draftSchema>;

export interface DraftRequest {
  readonly tidings: Tidings;
  readonly identity: Identity;
  /** What the header Idempotency-Key says. */
  readonly headerKey?: string | undefined;
  /** Where the event stands in a batch. */
  readonly index?: number | undefined;
}

/** Checks the JSON of one event and what the client's role allows; `record` checks the rest. */
export function draftOf(given: unknown, { tidings, identity, headerKey, index }: DraftRequest): Draft {
  const parsed = draftSchema.safeParse(given);
  if (!parsed.success) throw invalidRequest(parsed.error.issues, { index });
  const { occurredAt, ...draft } = parsed.data;
  const definition = tidings.registry.find(draft.type);
  if (!definition) {
    throw new TidingsError("UNKNOWN_TYPE", {
      detail: `"${draft.type.slice(0, 100)}"`,
      path: ["type"],
      index,
    });
  }
  if (!mayActAs(identity, "service")) {
    checkOwnVoice(parsed.data, identity, index);
    if (definition.lane === "system" || definition.lane === "change") {
      throw new TidingsError("FORBIDDEN", {
        detail: `${definition.type} belongs to the lane ${definition.lane}`,
        path: ["type"],
        index,
      });
    }
  }
  if (headerKey !== undefined && (draft.idempotencyKey ?? headerKey) !== headerKey) {
    throw new TidingsError("INVALID_REQUEST", {
      detail: "Idempotency-Key and idempotencyKey differ",
      path: ["idempotencyKey"],
    });
  }
  return {
    ...draft,
    "~tidings": "draft",
    version: definition.version,
    refs: draft.refs ?? {},
    data: draft.data ?? {},
    actor: mayActAs(identity, "service") ? (draft.actor ?? identity.actor) : identity.actor,
    idempotencyKey: headerKey ?? draft.idempotencyKey,
    ...(occurredAt !== undefined && { occurredAt: new Date(occurredAt) }),
  } as Draft;
}

/** A writer speaks for itself, now. Naming itself is allowed; its label is the app's to say. */
function checkOwnVoice(
  { actor, onBehalfOf, occurredAt, audience }: GivenDraft,
  identity: Identity,
  index?: number,
): void {
  if (actor && (actor.type !== identity.actor.type || actor.id !== identity.actor.id)) {
    throw new TidingsError("ACTOR_NOT_ALLOWED", { path: ["actor"], index });
  }
  if (onBehalfOf) {
    throw new TidingsError("ACTOR_NOT_ALLOWED", {
      detail: "onBehalfOf needs the role service",
      path: ["onBehalfOf"],
      index,
    });
  }
  if (audience !== undefined) {
    throw new TidingsError("FORBIDDEN", {
      detail: "audience needs the role service",
      path: ["audience"],
      index,
    });
  }
  if (occurredAt !== undefined) {
    throw new TidingsError("FORBIDDEN", {
      detail: "occurredAt needs the role service",
      path: ["occurredAt"],
      index,
    });
  }
}
