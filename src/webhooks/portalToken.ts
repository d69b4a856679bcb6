import { createHmac, timingSafeEqual } from "node:crypto";
import { anything, wholeNumber, wrongOption, wrongText, type KindsOf } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import { checkIdentifier } from "../events/limits.ts";
import { deriveKey } from "../deriveKey.ts";

/** `read`: look. `manage`: also change endpoints, and send again. Neither reaches anything but the account's webhooks. */
export type PortalRole = "manage" | "read";

export interface PortalTokenRequest {
  readonly account: string;
  /** 60 to 86_400: a token cannot be called back. Default 3_600. */
  readonly forSeconds?: number | undefined;
  readonly role: PortalRole;
}

/** What a token allows, until it expires. */
export interface PortalGrant {
  readonly account: string;
  readonly role: PortalRole;
}

export interface PortalTokens {
  issue(request: PortalTokenRequest): string;
  /** Throws INVALID_TOKEN, and does not say whether it was forged, cut or too old. */
  check(token: string): PortalGrant;
}

const requested: KindsOf<PortalTokenRequest> = {
  account: anything,
  forSeconds: wholeNumber(60, 86_400),
  role: { holds: (value) => value === "manage" || value === "read", must: 'must be "manage" or "read"' },
};

/** Every token begins with it, so that scanners of repositories and logs find one that leaked. */
const PREFIX = "tdp_";

/** The longest account, written with escapes, makes a token of 2,150 characters. A longer one was not made here. */
const MAX_CHARACTERS = 2_500;

/**
 * Tokens that any process with the same `secretKeys` can check, without a table: `tdp_` + what is granted + its HMAC. Made with the
 * first key, accepted from each. Expiry is told by this process's clock, which may be minutes off: it is a matter of hours.
 */
export function createPortalTokens(
  secretKeys: readonly Buffer[],
  now: () => number = Date.now,
): PortalTokens {
  const keys = secretKeys.map((key) => deriveKey(key, "portal token v1"));
  return {
    issue: (request) => {
      const wrong = wrongOption(request, requested);
      if (wrong) throw new TidingsError("INVALID_REQUEST", { detail: wrongText(wrong), path: wrong.path });
      const { account, forSeconds = 3_600, role } = request;
      checkIdentifier(account, ["account"]);
      const grant = { v: 1, account, role, exp: Math.floor(now() / 1_000) + forSeconds };
      const text = Buffer.from(JSON.stringify(grant)).toString("base64url");
      return `${PREFIX}${text}.${sign(text, keys[0]!)}`;
    },
    check: (token) => {
      const grant = isPortalToken(token) && token.length <= MAX_CHARACTERS ? open(token, keys) : null;
      if (grant === null || grant.exp * 1_000 <= now()) throw new TidingsError("INVALID_TOKEN");
      return { account: grant.account, role: grant.role };
    },
  };
}

export function isPortalToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

interface SignedGrant extends PortalGrant {
  readonly exp: number;
}

/** Null where no key made the signature. What is signed was written by us, so it is read without a schema. */
function open(token: string, keys: readonly Buffer[]): SignedGrant | null {
  const [text = "", signature = "", ...more] = token.slice(PREFIX.length).split(".");
  if (more.length > 0) return null;
  const given = Buffer.from(signature);
  // All keys are tried, whichever fits: the time taken says nothing.
  const signed = keys.filter((key) => same(Buffer.from(sign(text, key)), given)).length > 0;
  return signed ? (JSON.parse(Buffer.from(text, "base64url").toString()) as SignedGrant) : null;
}

function same(right: Buffer, given: Buffer): boolean {
  return right.length === given.length && timingSafeEqual(right, given);
}

function sign(text: string, key: Buffer): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
