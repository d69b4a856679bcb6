import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

// node:crypto reads ed25519 keys in DER, which is these bytes and then the raw key (RFC 8410).
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** What the private half of a key pair is made of. */
export const SEED_BYTES = 32;
/** A point on the curve: the public half. */
export const POINT_BYTES = 32;

/** The key that signs, of its 32 bytes. */
export function privateKeyOf(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
}

/** The key that verifies, of its 32 bytes. Throws what is no point. */
export function publicKeyOf(point: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, point]), format: "der", type: "spki" });
}

/** The raw seed of a private key. */
export function seedOf(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "pkcs8" }).subarray(-SEED_BYTES);
}

/** The raw public half of a key, private or public. */
export function pointOf(key: KeyObject): Buffer {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return publicKey.export({ format: "der", type: "spki" }).subarray(-POINT_BYTES);
}
