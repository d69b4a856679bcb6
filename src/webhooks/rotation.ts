import { randomUUID } from "node:crypto";
import { TidingsError } from "../errors.ts";
import type { EndpointKey } from "./endpoint.ts";
import { publicId } from "./publicId.ts";
import { sealedFor, type Sealing } from "./sealing.ts";
import type { KeyKind, Secret } from "./secrets.ts";

/** A secret as its endpoint's row keeps it: a list in JSON, newest first. Times are the database's, in ms since 1970. */
export interface SealedSecret {
  readonly id: string;
  readonly kind: KeyKind;
  readonly sealed: string;
  /** `whpk_…`; null for HMAC. */
  readonly public: string | null;
  readonly createdAt: number;
  /** Null for the newest, which has no end. */
  readonly validUntil: number | null;
}

/** How long the older secrets still sign, unless told otherwise: a day to install the new one. */
export const defaultGraceSeconds = 86_400;
const MAX_GRACE_SECONDS = 604_800;

/** Each signs every request: more would make the headers longer than some servers take. */
const MAX_OLDER = 10;

/** Where and when a secret is sealed. */
interface SealedIn {
  readonly sealing: Sealing;
  readonly account: string;
  readonly endpoint: string;
  readonly nowMs: number;
}

export function sealSecret({ kind, secret, publicKey }: Secret, where: SealedIn): SealedSecret {
  const sealed = where.sealing.seal(secret, sealedFor(where.account, where.endpoint));
  const id = randomUUID();
  return { id, kind, sealed, public: publicKey, createdAt: where.nowMs, validUntil: null };
}

/**
 * Puts a secret in front. The others sign until the grace ends, or until their own end where that comes first: after a leak,
 * a grace of 0 stops all of them at once. Throws TOO_MANY_KEYS when more than ten would go on.
 */
export function rotated(
  secrets: readonly SealedSecret[],
  newest: SealedSecret,
  graceSeconds: number,
): SealedSecret[] {
  const end = newest.createdAt + graceSeconds * 1_000;
  const ending = secrets.map((each) => ({ ...each, validUntil: Math.min(each.validUntil ?? end, end) }));
  const older = liveSecrets(ending, newest.createdAt);
  if (older.length > MAX_OLDER) throw new TidingsError("TOO_MANY_KEYS");
  return [newest, ...older];
}

/** Those that sign at a time of the database's clock. A worker's own clock may be wrong. */
export function liveSecrets<Kept extends Pick<SealedSecret, "validUntil">>(
  secrets: readonly Kept[],
  nowMs: number,
): Kept[] {
  return secrets.filter(({ validUntil }) => validUntil === null || validUntil > nowMs);
}

/** What the endpoint's owner may see of a secret. */
export function endpointKey({
  id,
  kind,
  public: publicKey,
  createdAt,
  validUntil,
}: SealedSecret): EndpointKey {
  return {
    id: publicId("key", id),
    kind,
    publicKey,
    createdAt: new Date(createdAt),
    validUntil: validUntil === null ? null : new Date(validUntil),
  };
}

/** Throws INVALID_ENDPOINT. */
export function checkGrace(graceSeconds: number): number {
  if (!Number.isInteger(graceSeconds) || graceSeconds < 0 || graceSeconds > MAX_GRACE_SECONDS) {
    throw new TidingsError("INVALID_ENDPOINT", {
      detail: `graceSeconds must be a whole number from 0 to ${MAX_GRACE_SECONDS}`,
      path: ["graceSeconds"],
    });
  }
  return graceSeconds;
}
