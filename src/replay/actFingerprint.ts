import { createHash, createHmac } from "node:crypto";
import { entityKey, type EntityRef } from "../events/entity.ts";
import { recordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { sortedJson, type Json, type JsonObject } from "../events/serializable.ts";
import type { Sealing } from "../sealing.ts";
import { actionData, type StoredAction } from "./actionRecord.ts";
import type { AnyActionDefinition } from "./defineAction.ts";
import type { PreparedAct } from "./prepareAction.ts";
import { openData, withoutSecrets } from "./sensitive.ts";

/** What was asked for. */
interface Asked {
  readonly actor: EntityRef;
  readonly inputs: readonly Json[];
  /** In how long a list with an event for each; null for a call alone. */
  readonly among: number | string | null;
}

/**
 * What makes two calls with one key the same: the action, who did it, with which input, and in how long a list. One for each secret
 * key, the newest first. What is sensitive counts only where there is one: a plain hash of a password could be guessed from the table
 * of keys.
 */
export function actFingerprints(
  action: AnyActionDefinition,
  { actor, inputs, among }: Asked,
  keys: readonly Buffer[],
): string[] {
  const content = (counted: readonly Json[]) =>
    sortedJson([action.type, action.version, entityKey(actor), counted]);
  const fingerprint = (hash: string) => (among === null ? hash : `${hash}${OF_LIST}${among}`);
  const plain = (counted: readonly Json[]) =>
    fingerprint(createHash("sha256").update(content(counted)).digest("base64url"));
  if (action.sensitive.length === 0) return [plain(inputs)];
  if (keys.length === 0) return [plain(inputs.map((input) => withoutSecrets(action, input)))];
  const all = content(inputs);
  return keys.map((key) => fingerprint(createHmac("sha256", key).update(all).digest("base64url")));
}

/** In the open, because an event does not say how long its list was: no character of base64url. */
const OF_LIST = "/";

export interface PresentFormDependencies {
  readonly registry: Registry;
  readonly sealing: Sealing | null;
  readonly fingerprintKeys: readonly Buffer[];
}

/**
 * Whether an act is what the event with this fingerprint would be if it were performed now: a job that is tried again after a deploy
 * performs the action under its new name, or in its next version. What no upcaster reads counts as it was recorded; what cannot be
 * read or opened is never the same.
 */
export function isSameNow(
  { action, fingerprints }: Pick<PreparedAct, "action" | "fingerprints">,
  held: string,
  stored: StoredAction,
  { registry, sealing, fingerprintKeys }: PresentFormDependencies,
): boolean {
  const [, among = null] = held.split(OF_LIST);
  try {
    const opened = { ...stored, data: openData(stored, sealing) as unknown as JsonObject };
    const event = recordedEvent(opened, registry);
    if (event.type !== action.type || event.problem !== null) return false;
    const { input, others } = actionData({ data: event.data as JsonObject });
    const inputs = [input, ...others.map((other) => other.input)];
    const [fingerprint] = actFingerprints(action, { actor: event.actor, inputs, among }, fingerprintKeys);
    return fingerprint === fingerprints[0];
  } catch {
    return false; // no key opens it, or an upcaster made of it what JSON cannot hold
  }
}
