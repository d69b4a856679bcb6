import { generateKeyPairSync, randomBytes } from "node:crypto";
import { TidingsError } from "../errors.ts";
import { POINT_BYTES, pointOf, privateKeyOf, SEED_BYTES, seedOf } from "./ed25519.ts";
import type { EndpointKey } from "./endpoint.ts";

export type KeyKind = EndpointKey["kind"];

/** A secret that can sign, and what a receiver verifies with where that is another key. */
export interface Secret {
  readonly kind: KeyKind;
  /** As the customer sees it: `whsec_…` or `whsk_…`. */
  readonly secret: string;
  /** `whpk_…`; null for HMAC. */
  readonly publicKey: string | null;
}

// Standard Webhooks allows HMAC keys of 24 to 64 bytes; SHA-256 gains nothing from more than 32.
const HMAC_BYTES = { least: 24, made: 32, most: 64 };

/** A new secret from the system's random numbers. */
export function makeSecret(kind: KeyKind): Secret {
  if (kind === "hmac") return checkSecret(`whsec_${randomBytes(HMAC_BYTES.made).toString("base64")}`);
  const { privateKey } = generateKeyPairSync("ed25519");
  return checkSecret(`whsk_${Buffer.concat([seedOf(privateKey), pointOf(privateKey)]).toString("base64")}`);
}

/** Throws INVALID_SECRET for what cannot sign. Says how it is wrong and never what it is. */
export function checkSecret(text: string): Secret {
  const { prefix, bytes } = decode(text);
  if (prefix === "whsec_") {
    if (bytes.length < HMAC_BYTES.least || bytes.length > HMAC_BYTES.most)
      refuse(`It holds ${bytes.length} bytes`);
    return { kind: "hmac", secret: text, publicKey: null };
  }
  if (bytes.length !== SEED_BYTES + POINT_BYTES) refuse(`It holds ${bytes.length} bytes instead of 64`);
  const seed = bytes.subarray(0, SEED_BYTES);
  const point = bytes.subarray(SEED_BYTES);
  // A key pair that does not belong together signs, and nobody can verify it.
  if (!pointOf(privateKeyOf(seed)).equals(point))
    refuse("Its public half does not belong to its private half");
  return { kind: "ed25519", secret: text, publicKey: `whpk_${point.toString("base64")}` };
}

// The longest is whsec_ with 64 bytes: 94 characters. Nothing longer is looked at.
const SECRET = /^(whsec_|whsk_)([A-Za-z0-9+/]{32,88}={0,2})$/;

function decode(text: string): { prefix: string; bytes: Buffer } {
  if (typeof text === "string" && text.startsWith("whpk_")) refuse("It is a public key: those only verify");
  const [, prefix, base64] =
    (typeof text === "string" && SECRET.exec(text)) || refuse("It is written otherwise");
  const bytes = Buffer.from(base64!, "base64");
  // Node skips what it cannot read; other languages refuse it, and their receivers could never verify.
  if (bytes.toString("base64") !== base64) refuse("Its base64 is not the usual form, with padding");
  return { prefix: prefix!, bytes };
}

function refuse(how: string): never {
  throw new TidingsError("INVALID_SECRET", { detail: how, path: ["secret"] });
}
