import { hkdfSync } from "node:crypto";

/** A key of its own for each purpose, so that none helps against another: `webhooks seal`, `portal token v1`. HKDF, 32 bytes. */
export function deriveKey(secretKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secretKey, "", `tidings ${purpose}`, 32));
}
