import { TidingsError } from "../errors.ts";

/**
 * The size of every input. Identifiers are bounded so that an index entry of account, entity, lane and id stays far
 * below the third of a page (2,704 bytes) that PostgreSQL allows.
 */
export const limits = {
  /** Bytes of UTF-8 in an account, an entity's or actor's id, an idempotency key. */
  identifierBytes: 255,
  /** Characters in a label. */
  labelCharacters: 1_000,
  /** Bytes of one event's refs, data and metadata as stored JSON. */
  eventBytes: 64 * 1024,
  /** Events in one call of record. */
  eventsPerCall: 1_000,
  /** Entities (subject, actor, refs) of one event. */
  entitiesPerEvent: 100,
  /** Whom one event is for: people, groups or keys … */
  audienceKeys: 50,
  /** … and their bytes of UTF-8 in all, so that an index entry holds them beside an account and an entity. */
  audienceBytes: 1_500,
  /** Events from the first cause to the last effect. */
  causeDepth: 32,
  /** Levels of nesting in data and metadata. */
  nesting: 64,
} as const;

/** Throws unless `value` is text that can be part of a key: not empty, well-formed, without NUL, within the limit. */
export function checkIdentifier(value: unknown, path: readonly (string | number)[]): asserts value is string {
  if (typeof value !== "string" || value === "") {
    throw new TidingsError("INVALID_ENTITY", {
      detail: `${path.join(".")} must be a text that is not empty`,
      path,
    });
  }
  checkText(value, path);
  // Most identifiers are short: a UTF-16 unit takes at most three bytes of UTF-8.
  if (value.length * 3 > limits.identifierBytes && Buffer.byteLength(value) > limits.identifierBytes) {
    throw new TidingsError("ID_TOO_LONG", {
      detail: `${path.join(".")} has ${Buffer.byteLength(value)} bytes, the limit is ${limits.identifierBytes}`,
      path,
    });
  }
}

export function checkLabel(
  value: unknown,
  path: readonly (string | number)[],
): asserts value is string | null {
  if (value === null) return;
  if (typeof value !== "string") {
    throw new TidingsError("INVALID_ENTITY", { detail: `${path.join(".")} must be a text or null`, path });
  }
  checkText(value, path);
  // A character outside the basic plane counts two in `length` and one for people.
  if (value.length > limits.labelCharacters && [...value].length > limits.labelCharacters) {
    throw new TidingsError("ID_TOO_LONG", {
      detail: `${path.join(".")} has ${[...value].length} characters, the limit is ${limits.labelCharacters}`,
      path,
    });
  }
}

/** What somebody else said, an error's message perhaps, so that PostgreSQL stores it: within bounds, see `checkText`. */
export function storableText(text: string, characters: number): string {
  return text.slice(0, characters).replaceAll("\0", "").toWellFormed();
}

/** PostgreSQL stores neither NUL nor half a surrogate pair in text or jsonb. */
export function checkText(value: string, path: readonly (string | number)[]): void {
  if (value.includes("\0")) {
    throw new TidingsError("UNSERIALIZABLE", { detail: `${path.join(".")} contains a NUL character`, path });
  }
  if (!value.isWellFormed()) {
    throw new TidingsError("UNSERIALIZABLE", { detail: `${path.join(".")} contains a lone surrogate`, path });
  }
}
