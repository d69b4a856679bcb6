import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { TidingsError } from "../errors.ts";
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
const SEED_BYTES = 32;
const PUBLIC_BYTES = 32;

/** A new secret from the system's random numbers. */
export function makeSecret(kind: KeyKind): Secret {
  if (kind === "hmac") return checkSecret(`whsec_${randomBytes(HMAC_BYTES.made).toString("base64")}`);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  // The raw seed and the raw public key end their DER forms.
  const seed = privateKey.export({ format: "der", type: "pkcs8" }).subarray(-SEED_BYTES);
  const point = publicKey.export({ format: "der", type: "spki" }).subarray(-PUBLIC_BYTES);
  return checkSecret(`whsk_${Buffer.concat([seed, point]).toString("base64")}`);
}

/** Throws INVALID_SECRET for what cannot sign. Says how it is wrong and never what it is. */
export function checkSecret(text: string): Secret {
  const { prefix, bytes } = decode(text);
  if (prefix === "whsec_") {
    if (bytes.length < HMAC_BYTES.least || bytes.length > HMAC_BYTES.most)
      refuse(`It holds ${bytes.length} bytes`);
    return { kind: "hmac", secret: text, publicKey: null };
  }
  if (bytes.length !== SEED_BYTES + PUBLIC_BYTES) refuse(`It holds ${bytes.length} bytes instead of 64`);
  const seed = bytes.subarray(0, SEED_BYTES);
  const point = bytes.subarray(SEED_BYTES);
  // A key pair that does not belong together signs, and nobody can verify it.
  if (!publicOf(seed).equals(point)) refuse("Its public half does not belong to its private half");
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

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

function publicOf(seed: Buffer): Buffer {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-PUBLIC_BYTES);
}

function refuse(how: string): never {
  throw new TidingsError("INVALID_SECRET", { detail: how, path: ["secret"] });
}
