import { deriveKey } from "../deriveKey.ts";
import type { Definitions } from "../events/registry.ts";
import { createSealing, type Sealing } from "../sealing.ts";
import { secretKeysOf } from "../secretKeys.ts";
import type { ActionLocks } from "./actLocks.ts";

/** What createTidings takes for actions. */
export interface ActionsOptions {
  /** The module of actions: `import * as actions from "./actions.ts"`. Default: none. */
  actions?: Definitions | undefined;
  /**
   * Encrypts what actions call sensitive: 32 random bytes in base64 (`openssl rand -base64 32`), or a list, newest first; the
   * older ones only open. Default: none, and what is sensitive is not kept.
   */
  secretKey?: string | readonly string[] | undefined;
  /** How the locks of actions are called. */
  actionLocks?: ActionLocks | undefined;
}

/** The keys of actions, each for one purpose. */
export interface ActionKeys {
  /** Null where there is no secret key. */
  readonly sealing: Sealing | null;
  /** For fingerprints of what is sensitive, newest first. */
  readonly fingerprintKeys: readonly Buffer[];
}

/** Throws INVALID_OPTION for a key that is none. */
export function actionKeys(secretKey: ActionsOptions["secretKey"]): ActionKeys {
  if (secretKey === undefined) return { sealing: null, fingerprintKeys: [] };
  const keys = secretKeysOf("secretKey", secretKey);
  return {
    sealing: createSealing(keys, { purpose: "actions", option: "secretKey" }),
    fingerprintKeys: keys.map((key) => deriveKey(key, "actions fingerprint")),
  };
}
