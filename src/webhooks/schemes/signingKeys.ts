import { createHmac } from "node:crypto";
import { TidingsError } from "../../errors.ts";
import type { SigningKey } from "../scheme.ts";

/** The keys that a scheme can sign with, newest first. Throws INVALID_SECRET when there is none. */
export function signable(
  keys: readonly SigningKey[],
  kinds: readonly SigningKey["kind"][],
): readonly [SigningKey, ...SigningKey[]] {
  const [newest, ...older] = keys.filter(({ kind }) => kinds.includes(kind));
  if (newest) return [newest, ...older];
  throw new TidingsError("INVALID_SECRET", { detail: `No valid key of the kind ${kinds.join(" or ")}` });
}

/** HMAC-SHA256 in hex, keyed with the whole text that the customer was shown: what they paste is the key. */
export function hexHmac({ secret }: SigningKey, ...signed: readonly (string | Buffer)[]): string {
  const hmac = createHmac("sha256", secret);
  for (const part of signed) hmac.update(part);
  return hmac.digest("hex");
}
