import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import { checkRefs, checkRole, withLabel } from "./checkEntities.ts";
import type { Context } from "./context.ts";
import { severities, type AnyEventDefinition, type AudienceEvent } from "./defineEvent.ts";
import { isDraft, type Draft, type EventReference } from "./draft.ts";
import { entityKeysOf } from "./entity.ts";
import { fingerprintOf } from "./idempotency.ts";
import { limits } from "./limits.ts";
import { completeRefs } from "./recordedEvent.ts";
import type { Registry } from "./registry.ts";
import { storedBytes } from "./serializable.ts";
import { stampOf } from "./stamp.ts";
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
  const { account, actor, onBehalfOf, metadata, occurredAt, key, cause } = stampOf(
    draft,
    context,
    fixedAccount,
  );
  checkRole(draft.subject, definition.subject, ["subject"]);
  const refs = checkRefs(draft, definition);
  const data = validateData(draft.data, definition);
  const { subject } = draft;
  const entities = entityKeysOf({ subject, actor, onBehalfOf, refs });
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

  const row = {
    account,
    lane: definition.lane,
    type: definition.type,
    version: definition.version,
    severity,
    subject: withLabel(subject),
    actor,
    onBehalfOf,
    occurredAt,
    refs,
    data,
    metadata,
    entities,
    audience: null as EventRow["audience"],
    kind: null,
    sealed: null,
    reservedId: null,
    cause: null,
    key,
    fingerprint: null as EventRow["fingerprint"],
  };
  // Set, not spread: see recordedEvent.ts.
  row.audience = audienceOf(draft, definition, row);
  if (row.key !== null) row.fingerprint = fingerprintOf(row);
  checkSize(row);
  return { row, cause };
}

/** Throws EVENT_TOO_LARGE. */
export function checkSize({ type, refs, data, metadata, sealed }: EventRow): void {
  // Whatever else a row holds has a limit of its own.
  const bytes = storedBytes(JSON.stringify([refs, data, metadata, sealed]));
  if (bytes > limits.eventBytes) {
    throw new TidingsError("EVENT_TOO_LARGE", { detail: `${type} has ${bytes} bytes` });
  }
}

/** Who may see an event: as given, otherwise as its definition says. Null: everybody in the account. */
export function audienceOf(
  { audience }: Pick<Draft, "audience">,
  definition: AnyEventDefinition,
  row: EventRow,
): readonly string[] | null {
  if (audience !== undefined) return audienceKeys(audience);
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
  if (definition.kind !== null)
    throw new TidingsError("ACTION_NOT_RECORDABLE", { detail: `"${draft.type}"`, path: ["type"] });
  if (draft.version !== definition.version) {
    throw new TidingsError("WRONG_VERSION", {
      detail: `The draft of ${draft.type} has version ${draft.version}, the registered definition ${definition.version}`,
      path: ["version"],
    });
  }
  return definition;
}
