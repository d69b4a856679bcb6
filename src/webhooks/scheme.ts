import type { SignatureScheme } from "./endpoint.ts";

/** A secret as it was shown to the customer: `whsec_…` for HMAC, `whsk_…` for ed25519. */
export interface SigningKey {
  readonly kind: "hmac" | "ed25519";
  readonly secret: string;
}

/** One request to be signed. */
export interface SigningInput {
  /** Of the message, the same on every attempt: `msg_…`. */
  readonly id: string;
  readonly type: string;
  /** Of this attempt, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: Buffer;
  /** Every key that is valid now, newest first. */
  readonly keys: readonly SigningKey[];
}

/** A way to sign. Another one is one more file under schemes/, listed in schemes.ts. */
export interface Scheme {
  readonly name: SignatureScheme;
  /** The kind of key that is made for an endpoint of this scheme. */
  readonly keyKind: "hmac" | "ed25519";
  /** The headers that prove who sent the body. Throws INVALID_SECRET when no key can sign: nothing goes out unsigned. */
  sign(input: SigningInput): Readonly<Record<string, string>>;
}
