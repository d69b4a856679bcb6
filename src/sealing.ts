import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { deriveKey } from "./deriveKey.ts";
import { TidingsError } from "./errors.ts";

/** Encrypts what the database keeps of secrets. */
export interface Sealing {
  /** `bound` says whose it is: a sealed text that is copied to another row does not open there. */
  seal(text: string, bound: string): string;
  /** Throws INVALID_OPTION when none of the keys made it, INTERNAL when it was changed or belongs elsewhere. */
  open(sealed: string, bound: string): string;
  /** What everything begins with that the newest key sealed. */
  readonly newest: string;
}

/** Whose secrets these are: each use has keys of its own, none opens what another sealed. */
export interface SealingUse {
  readonly purpose: "webhooks" | "actions";
  /** The option that lists the keys, for messages: `webhooks.secretKey`. */
  readonly option: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with the first key; the others only open. Sealed: `1.<key's name>.<base64url of nonce, text, tag>`.
 * Random nonces are safe for 2^32 texts a key: an endpoint makes one or two at each change of its secrets, an action that has
 * something sensitive one a call.
 */
export function createSealing(keys: readonly Buffer[], { purpose, option }: SealingUse): Sealing {
  // Tells keys apart without telling anything about them.
  const nameOf = (key: Buffer) => deriveKey(key, `${purpose} name`).subarray(0, 6).toString("base64url");
  const known = new Map(keys.map((key) => [nameOf(key), deriveKey(key, `${purpose} seal`)] as const));
  const [newest] = known.keys();
  if (newest === undefined) throw new TidingsError("INVALID_OPTION", { detail: `${option} is missing` });

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
          detail: `A secret was sealed with a key that ${option} no longer lists`,
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
        throw new TidingsError("INTERNAL", { detail: "A sealed secret was changed or moved", cause });
      }
    },
    newest: `1.${newest}.`,
  };
}

function read(sealed: string): { name: string; bytes: Buffer } {
  const [version, name, text, ...rest] = sealed.split(".");
  const bytes = Buffer.from(text ?? "", "base64url");
  if (version !== "1" || name === undefined || rest.length > 0 || bytes.length < NONCE_BYTES + TAG_BYTES)
    throw new TidingsError("INTERNAL", { detail: "A sealed secret was changed or moved" });
  return { name, bytes };
}
