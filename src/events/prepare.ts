import { createHash } from "node:crypto";
import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import type { Context } from "./context.ts";
import {
  isDraft,
  lanes,
  severities,
  type AnyEventDefinition,
  type Draft,
  type EventReference,
  type Lane,
} from "./defineEvent.ts";
import { entityKey, type EntityRef, type Role } from "./entity.ts";
import { checkIdentifier, checkLabel, limits } from "./limits.ts";
import type { Registry } from "./registry.ts";
import { checkSerializable, type Json, type JsonObject } from "./serializable.ts";
import { validateData } from "./validateData.ts";

/** A draft that passed every check: the row to write, and a cause whose depth is still to be looked up. */
export interface PreparedEvent {
  readonly row: EventRow;
  readonly cause: EventReference | string | null;
  readonly draft: Draft;
}

export interface PrepareOptions {
  readonly registry: Registry;
  readonly context: Context;
  /** The fixed account of a single-tenant app. */
  readonly account: string | undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

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
  const entities = [
    ...new Set(
      [draft.subject, actor, ...(onBehalfOf ? [onBehalfOf] : []), ...Object.values(refs).flat()].map(
        entityKey,
      ),
    ),
  ];
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
    subject: withLabel(draft.subject),
    actor: withLabel(actor),
    onBehalfOf: onBehalfOf && withLabel(onBehalfOf),
    occurredAt: occurredAtOf(draft),
    refs,
    data,
    metadata,
    entities,
    cause: null,
    key: draft.idempotencyKey ?? null,
    fingerprint: null,
  };
  const bytes = Buffer.byteLength(JSON.stringify(row));
  if (bytes > limits.eventBytes) {
    throw new TidingsError("EVENT_TOO_LARGE", { detail: `${draft.type} has ${bytes} bytes` });
  }
  return {
    row: row.key === null ? row : { ...row, fingerprint: fingerprintOf(row) },
    cause: causeOf(draft, context, account),
    draft,
  };
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

function checkRefs(draft: Draft, definition: AnyEventDefinition): EventRow["refs"] {
  for (const name of Object.keys(draft.refs)) {
    if (!Object.hasOwn(definition.refs, name)) {
      throw new TidingsError("INVALID_ENTITY", {
        detail: `${draft.type} has no role "${name}"`,
        path: ["refs", name],
      });
    }
  }
  const refs: Record<string, EntityRef | readonly EntityRef[]> = {};
  for (const [name, role] of Object.entries(definition.refs)) {
    const value = draft.refs[name];
    const path = ["refs", name];
    if (role.holds === "many") {
      if (!Array.isArray(value))
        throw new TidingsError("INVALID_ENTITY", { detail: `refs.${name} must be a list`, path });
      value.forEach((ref: unknown, index) => checkRole(ref, role, [...path, index]));
      refs[name] = (value as EntityRef[]).map(withLabel);
    } else if (value !== undefined && value !== null) {
      checkRole(value, role, path);
      refs[name] = withLabel(value);
    } else if (role.holds === "one") {
      throw new TidingsError("INVALID_ENTITY", { detail: `refs.${name} is missing`, path });
    }
  }
  return refs;
}

function checkRole(value: unknown, role: Role, path: (string | number)[]): asserts value is EntityRef {
  checkEntity(value, path);
  if (!role.entities.some(({ entity }) => entity === value.type)) {
    throw new TidingsError("INVALID_ENTITY", {
      detail: `${path.join(".")} is a ${value.type}, not a ${role.entities.map(({ entity }) => entity).join(" or ")}`,
      path,
    });
  }
}

const ENTITY_TYPE = /^[a-z][a-z0-9_]{0,62}$/;

function checkEntity(value: unknown, path: (string | number)[]): asserts value is EntityRef {
  const ref = value as Partial<EntityRef> | null | undefined;
  if (
    typeof ref !== "object" ||
    ref === null ||
    typeof ref.type !== "string" ||
    !ENTITY_TYPE.test(ref.type)
  ) {
    throw new TidingsError("INVALID_ENTITY", {
      detail: `${path.join(".")} must be { type, id, label }`,
      path,
    });
  }
  checkIdentifier(ref.id, [...path, "id"]);
  checkLabel(ref.label ?? null, [...path, "label"]);
}

function withLabel({ type, id, label }: EntityRef): EntityRef {
  return { type, id, label: label ?? null };
}

/** Checked before it is merged: spreading a Map would lose what it holds. */
function metadataOf(metadata: JsonObject | undefined): JsonObject {
  if (metadata === undefined) return {};
  checkSerializable(metadata, ["metadata"]);
  if (typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)) return metadata;
  throw new TidingsError("INVALID_DATA", { detail: "metadata must be an object", path: ["metadata"] });
}

// PostgreSQL's timestamptz reaches further, ISO text with four digits of the year does not.
const EARLIEST = Date.UTC(1, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);

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
  if (typeof reference.id !== "string" || !UUID.test(reference.id) || !isLane(reference.lane)) {
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

/**
 * What makes two events with one key the same: what happened, to what, by whom. Labels, metadata and times differ
 * between an attempt and its retry and do not count.
 */
function fingerprintOf(row: EventRow): string {
  const roles = Object.entries(row.refs).map(
    ([name, value]) => [name, [value].flat().map(entityKey)] as const,
  );
  const content = canonical([
    row.type,
    row.version,
    entityKey(row.subject),
    entityKey(row.actor),
    Object.fromEntries(roles),
    row.data,
  ]);
  return createHash("sha256").update(content).digest("base64url");
}

/** JSON with sorted keys: equal content gives equal text. */
function canonical(value: Json | readonly unknown[] | undefined): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
