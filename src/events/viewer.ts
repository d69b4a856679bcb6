import { TidingsError, isTidingsError } from "../errors.ts";
import { entityKey, parseEntityKey } from "./entity.ts";
import type { EntityLike } from "./filter.ts";
import { checkIdentifier, limits } from "./limits.ts";

/** Somebody who looks: sees what everybody in the account may see, and what is meant for one of its keys. */
export interface Viewer {
  readonly type: string;
  readonly id: string;
  /** What else it counts as: the groups, boards or permissions (`board:7`, `admins`) that audiences name. At most 500. */
  readonly audiences?: readonly string[] | undefined;
}

/** Whom an event is for: people, groups, or any key of the app's. See `limits`; null for everybody in the account. */
export type Audience = readonly EntityLike[] | null;

/** A person's groups and boards. An event is compared with all of them, which costs 2 µs at this many (measured). */
const MAX_VIEWER_KEYS = 500;

/** The keys that are stored, each once, in order. Throws INVALID_AUDIENCE with the path. */
export function audienceKeys(audience: Audience): readonly string[] | null {
  if (audience === null) return null;
  if (!Array.isArray(audience)) refuse("audience must be a list or null");
  // Nobody is no audience: an empty list is mostly a query that found no members, and must not pass for everybody.
  if (audience.length === 0 || audience.length > limits.audienceKeys)
    refuse(`audience must hold 1 to ${limits.audienceKeys} entities or keys, not ${audience.length}`);
  const keys = [...new Set(audience.map((member: EntityLike, index) => keyOf(member, ["audience", index])))];
  const bytes = Buffer.byteLength(keys.join(""));
  if (bytes > limits.audienceBytes)
    refuse(
      `audience has ${bytes} bytes, the limit is ${limits.audienceBytes}: name groups instead of people`,
    );
  return keys.toSorted();
}

/** What a viewer counts as. Throws INVALID_FILTER where it is not one. */
export function viewerKeys(viewer: Viewer): readonly string[] {
  const { type, id, audiences = [] } = viewer ?? {};
  try {
    checkIdentifier(type, ["viewer", "type"]);
    const others = viewerAudiences(audiences, ["viewer", "audiences"]);
    return [...new Set([keyOf({ type, id }, ["viewer"]), ...others])];
  } catch (cause) {
    if (!isTidingsError(cause)) throw cause;
    throw new TidingsError("INVALID_FILTER", { detail: cause.detail, path: cause.path ?? ["viewer"], cause });
  }
}

/** What a viewer counts as beside itself. Throws INVALID_AUDIENCE or what `checkIdentifier` throws, with the path. */
export function viewerAudiences(audiences: unknown, path: readonly (string | number)[]): readonly string[] {
  if (!Array.isArray(audiences) || audiences.length > MAX_VIEWER_KEYS)
    refuse(`${path.join(".")} must be a list of at most ${MAX_VIEWER_KEYS} keys`, path);
  return audiences.map((key: EntityLike, index) => keyOf(key, [...path, index]));
}

/** Whether an event with this audience may be seen. `keys` null: by the app itself, which sees everything. */
export function maySee(audience: readonly string[] | null, keys: ReadonlySet<string> | null): boolean {
  return audience === null || keys === null || audience.some((key) => keys.has(key));
}

function keyOf(member: EntityLike, path: readonly (string | number)[]): string {
  if (typeof member === "string") {
    // A written entity is longer than an id by its type and the colon.
    checkIdentifier(parseEntityKey(member)?.id ?? member, path);
    return member;
  }
  checkIdentifier(member?.type, [...path, "type"]);
  checkIdentifier(member.id, [...path, "id"]);
  return entityKey(member);
}

function refuse(detail: string, path: readonly (string | number)[] = ["audience"]): never {
  throw new TidingsError("INVALID_AUDIENCE", { detail, path });
}
