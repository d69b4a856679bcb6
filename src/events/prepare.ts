import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import { isEventId } from "../log/eventId.ts";
import { checkEntity, checkRefs, checkRole, withLabel } from "./checkEntities.ts";
import type { Context } from "./context.ts";
import { lanes, severities, type AnyEventDefinition, type AudienceEvent, type Lane } from "./defineEvent.ts";
import { isDraft, type Draft, type EventReference } from "./draft.ts";
import { entitiesOf, entityKey } from "./entity.ts";
import { fingerprintOf } from "./idempotency.ts";
import { checkIdentifier, limits } from "./limits.ts";
import { completeRefs } from "./recordedEvent.ts";
import type { Registry } from "./registry.ts";
import { checkSerializable, storedBytes, type JsonObject } from "./serializable.ts";
import { validateData } from "./validateData.ts";
import { audienceKeys } from "./viewer.ts";

/** A draft that passed every check: the row to write, and a cause whose depth is still to be looked up. */
export interface PreparedEvent {
  readonly row: EventRow;
  readonly cause: EventReference | string | null;
}

export interface PrepareOptions {
  readonly registry: Registry;
  readonly context: Context;
  /** The fixed account of a single-tenant app. */
  readonly account: string | undefined;
}

/** Checks a draft and stamps the context on it, before any SQL. Throws a TidingsError that says where it is wrong. */
export function prepareEvent(
  draft: Draft,
  { registry, context, account: fixedAccount }: PrepareOptions,
): PreparedEvent {
  const definition = definitionOf(draft, registry);
  const account = draft.account ?? context.account ?? fixedAccount;
  if (account === undefined) throw new TidingsError("ACCOUNT_MISSING");
  checkIdentifier(account, ["account"]);
  const actor = draft.actor ?? context.actor;
  if (actor === undefined) throw new TidingsError("ACTOR_MISSING");
  checkEntity(actor, ["actor"]);
  const onBehalfOf = draft.onBehalfOf === undefined ? (context.onBehalfOf ?? null) : draft.onBehalfOf;
  if (onBehalfOf !== null) checkEntity(onBehalfOf, ["onBehalfOf"]);
  checkRole(draft.subject, definition.subject, ["subject"]);
  const refs = checkRefs(draft, definition);
  const data = validateData(draft.data, definition);
  const metadata = { ...metadataOf(context.metadata), ...metadataOf(draft.metadata) };
  if (draft.idempotencyKey !== undefined) checkIdentifier(draft.idempotencyKey, ["idempotencyKey"]);
  const { subject } = draft;
  const entities = [...new Set(entitiesOf({ subject, actor, onBehalfOf, refs }).map(entityKey))];
  if (entities.length > limits.entitiesPerEvent) {
    throw new TidingsError("EVENT_TOO_LARGE", {
      detail: `The event is about ${entities.length} entities, the limit is ${limits.entitiesPerEvent}`,
      path: ["refs"],
    });
  }
  const severity = draft.severity ?? definition.severity;
  if (!severities.includes(severity)) {
    throw new TidingsError("INVALID_DATA", {
      detail: `severity must be one of ${severities.join(", ")}`,
      path: ["severity"],
    });
  }

  const row: EventRow = {
    account,
    lane: definition.lane,
    type: definition.type,
    version: definition.version,
    severity,
    subject: withLabel(subject),
    actor: withLabel(actor),
    onBehalfOf: onBehalfOf && withLabel(onBehalfOf),
    occurredAt: occurredAtOf(draft),
    refs,
    data,
    metadata,
    entities,
    audience: null,
    kind: null,
    sealed: null,
    reservedId: null,
    cause: null,
    key: draft.idempotencyKey ?? null,
    fingerprint: null,
  };
  const restricted = { ...row, audience: audienceOf(draft, definition, row) };
  const bytes = storedBytes(restricted);
  if (bytes > limits.eventBytes) {
    throw new TidingsError("EVENT_TOO_LARGE", { detail: `${draft.type} has ${bytes} bytes` });
  }
  return {
    row: row.key === null ? restricted : { ...restricted, fingerprint: fingerprintOf(row) },
    cause: causeOf(draft, context, account),
  };
}

function audienceOf(draft: Draft, definition: AnyEventDefinition, row: EventRow): readonly string[] | null {
  if (draft.audience !== undefined) return audienceKeys(draft.audience);
  if (definition.audience === undefined) return null;
  const { actor, onBehalfOf, subject, data, severity } = row;
  const refs = completeRefs(row.refs, definition.refs);
  const event = { actor: { ...actor, isActor: true }, onBehalfOf, subject, refs, data, severity };
  return audienceKeys(definition.audience(event as AudienceEvent<never>));
}

function definitionOf(draft: Draft, registry: Registry): AnyEventDefinition {
  const definition = isDraft(draft) ? registry.find(draft.type) : undefined;
  if (!definition) {
    const detail = isDraft(draft) ? `"${draft.type}"` : "What was given is not a draft";
    throw new TidingsError("UNKNOWN_TYPE", { detail, path: ["type"] });
  }
  if (draft.version !== definition.version) {
    throw new TidingsError("WRONG_VERSION", {
      detail: `The draft of ${draft.type} has version ${draft.version}, the registered definition ${definition.version}`,
      path: ["version"],
    });
  }
  return definition;
}

/** Checked before it is merged: spreading a Map would lose what it holds. */
function metadataOf(metadata: JsonObject | undefined): JsonObject {
  if (metadata === undefined) return {};
  checkSerializable(metadata, ["metadata"]);
  if (typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)) return metadata;
  throw new TidingsError("INVALID_DATA", { detail: "metadata must be an object", path: ["metadata"] });
}

// PostgreSQL's timestamptz reaches further, ISO text with four digits of the year does not.
// Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
const EARLIEST = Date.parse("0001-01-01T00:00:00.000Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

function occurredAtOf({ occurredAt }: Draft): string | null {
  if (occurredAt === undefined) return null;
  if (
    !(occurredAt instanceof Date) ||
    !(occurredAt.getTime() >= EARLIEST && occurredAt.getTime() <= LATEST)
  ) {
    throw new TidingsError("INVALID_DATA", {
      detail: "occurredAt must be a valid Date between the years 1 and 9999",
      path: ["occurredAt"],
    });
  }
  return occurredAt.toISOString();
}

function causeOf(draft: Draft, context: Context, account: string): EventReference | string | null {
  // A handler that records for another account starts a new chain there: causes are looked up by account.
  const handled = context.causedBy ?? null;
  const inherited = handled !== null && (handled.account ?? context.account) === account ? handled : null;
  const cause = draft.causedBy === undefined ? inherited : draft.causedBy;
  if (cause === null) return null;
  const reference =
    typeof cause === "string" ? { id: cause, lane: lanes[0], account } : { account, ...cause };
  if (typeof reference.id !== "string" || !isEventId(reference.id) || !isLane(reference.lane)) {
    throw new TidingsError("CAUSE_NOT_FOUND", {
      detail: "causedBy must be an event or an event's id",
      path: ["causedBy"],
    });
  }
  if (reference.account !== account) {
    throw new TidingsError("CAUSE_NOT_FOUND", {
      detail: "causedBy is an event of another account",
      path: ["causedBy"],
    });
  }
  return cause;
}

function isLane(value: unknown): value is Lane {
  return lanes.some((lane) => lane === value);
}
