import { TidingsError } from "../errors.ts";
import { isEventId } from "../log/eventId.ts";
import { checkEntity, withLabel } from "./checkEntities.ts";
import type { Context } from "./context.ts";
import { lanes, type Lane } from "./defineEvent.ts";
import type { DraftCommon, EventReference } from "./draft.ts";
import type { EntityRef } from "./entity.ts";
import { checkIdentifier } from "./limits.ts";
import { checkSerializable, type JsonObject } from "./serializable.ts";

/** Who, when and why, of an event or an action that is about to be recorded. */
export interface Stamp {
  readonly account: string;
  readonly actor: EntityRef;
  readonly onBehalfOf: EntityRef | null;
  readonly metadata: JsonObject;
  /** ISO time, or null for the moment of writing. */
  readonly occurredAt: string | null;
  /** The idempotency key. */
  readonly key: string | null;
  /** Its depth is still to be looked up. */
  readonly cause: EventReference | string | null;
}

/** What is given, completed by the context, and checked. */
export function stampOf(given: DraftCommon, context: Context, fixedAccount: string | undefined): Stamp {
  const account = given.account ?? context.account ?? fixedAccount;
  if (account === undefined) throw new TidingsError("ACCOUNT_MISSING");
  checkIdentifier(account, ["account"]);
  const actor = given.actor ?? context.actor;
  if (actor === undefined) throw new TidingsError("ACTOR_MISSING");
  checkEntity(actor, ["actor"]);
  const onBehalfOf = given.onBehalfOf === undefined ? (context.onBehalfOf ?? null) : given.onBehalfOf;
  if (onBehalfOf !== null) checkEntity(onBehalfOf, ["onBehalfOf"]);
  const metadata = { ...metadataOf(context.metadata), ...metadataOf(given.metadata) };
  if (given.idempotencyKey !== undefined) checkIdentifier(given.idempotencyKey, ["idempotencyKey"]);
  return {
    account,
    actor: withLabel(actor),
    onBehalfOf: onBehalfOf && withLabel(onBehalfOf),
    metadata,
    occurredAt: occurredAtOf(given),
    key: given.idempotencyKey ?? null,
    cause: causeOf(given, context, account),
  };
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

function occurredAtOf({ occurredAt }: DraftCommon): string | null {
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

function causeOf(given: DraftCommon, context: Context, account: string): EventReference | string | null {
  // A handler that records for another account starts a new chain there: causes are looked up by account.
  const handled = context.causedBy ?? null;
  const inherited = handled !== null && (handled.account ?? context.account) === account ? handled : null;
  const cause = given.causedBy === undefined ? inherited : given.causedBy;
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
