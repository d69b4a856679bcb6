import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { TidingsError } from "../errors.ts";
import { deriveKey } from "./deriveKey.ts";

/** Encrypts what the database keeps of secrets. */
export interface Sealing {
  /** `bound` says whose it is: a sealed text that is copied to another row does not open there. */
  seal(text: string, bound: string): string;
  /** Throws INVALID_OPTION when none of the keys made it, INTERNAL when it was changed or belongs elsewhere. */
  open(sealed: string, bound: string): string;
  /** What everything begins with that the newest key sealed. */
  readonly newest: string;
}

/** What an endpoint's secrets and headers are bound to. */
export function sealedFor(account: string, endpointUuid: string): string {
  return `${account}/${endpointUuid}`;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with the first key; the others only open. Sealed: `1.<key's name>.<base64url of nonce, text, tag>`.
 * Random nonces are safe for 2^32 texts a key, and an endpoint makes one or two at each change of its secrets.
 */
export function createSealing(keys: readonly Buffer[]): Sealing {
  const known = new Map(keys.map((key) => [nameOf(key), deriveKey(key, "webhooks seal")] as const));
  const [newest] = known.keys();
  if (newest === undefined)
    throw new TidingsError("INVALID_OPTION", { detail: "webhooks.secretKey is missing" });

  return {
    seal: (text, bound) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", known.get(newest)!, nonce).setAAD(Buffer.from(bound));
      const parts = [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
      return `1.${newest}.${Buffer.concat(parts).toString("base64url")}`;
    },
    open: (sealed, bound) => {
      const { name, bytes } = read(sealed);
      const key = known.get(name);
      if (key === undefined) {
        throw new TidingsError("INVALID_OPTION", {
          detail: "A webhook secret was sealed with a key that webhooks.secretKey no longer lists",
        });
      }
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(bound)).setAuthTag(bytes.subarray(-TAG_BYTES));
        const text = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
        return Buffer.concat(text).toString("utf8");
      } catch (cause) {
        throw new TidingsError("INTERNAL", { detail: "A sealed webhook secret was changed or moved", cause });
      }
    },
    newest: `1.${newest}.`,
  };
}

/** Tells keys apart without telling anything about them. */
function nameOf(key: Buffer): string {
  return deriveKey(key, "webhooks name").subarray(0, 6).toString("base64url");
}

function read(sealed: string): { name: string; bytes: Buffer } {
  const [version, name, text, ...rest] = sealed.split(".");
  const bytes = Buffer.from(text ?? "", "base64url");
  if (version !== "1" || name === undefined || rest.length > 0 || bytes.length < NONCE_BYTES + TAG_BYTES)
    throw new TidingsError("INTERNAL", { detail: "A sealed webhook secret was changed or moved" });
  return { name, bytes };
}
