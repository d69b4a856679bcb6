import { TidingsError, isTidingsError } from "../errors.ts";
import type { Json, JsonObject } from "../events/serializable.ts";
import type { Sealing } from "../sealing.ts";
import type { ActionData, ActionItem, StoredAction } from "./actionRecord.ts";
import { isNamed } from "./captures.ts";
import type { AnyActionDefinition } from "./defineAction.ts";
import { capturedName } from "./sensitivePath.ts";

type Sensitive = Pick<AnyActionDefinition, "sensitive">;

/** What an event holds in the open, and the rest, encrypted: null where there is nothing or no key. */
export interface SealedData {
  readonly data: ActionData;
  readonly sealed: JsonObject | null;
}

/** Takes what is sensitive out of an action's data. `bound` is what it opens with again: the account and the event's id. */
export function sealData(
  { sensitive }: Sensitive,
  data: ActionData,
  bound: string,
  sealing: Sealing | null,
): SealedData {
  if (sensitive.length === 0 && ![data, ...data.others].some(hidesInside)) return { data, sealed: null };
  const secrets: Record<string, Json> = {};
  const take = (item: ActionItem, at: string): ActionItem => takeOut(sensitive, item, at, secrets);
  const open = {
    ...data,
    ...take(data, "0"),
    others: data.others.map((item, index) => take(item, `${index + 1}`)),
  };
  const hides = sealing !== null && Object.keys(secrets).length > 0;
  return { data: open, sealed: hides ? { values: sealing.seal(JSON.stringify(secrets), bound) } : null };
}

/** Puts back what was taken out. Throws ERASED where no key opens it. What was never kept stays null. */
export function openData(event: StoredAction, sealing: Sealing | null): ActionData {
  const data = event.data as unknown as ActionData;
  if (event.sealed === null) return data;
  const secrets = openValues(event, sealing);
  const put = (item: ActionItem, at: string): ActionItem => {
    const whole = structuredClone(item) as ActionItem;
    for (const [path, value] of Object.entries(secrets)) {
      const [item, ...keys] = JSON.parse(path) as [string, ...string[]];
      if (item === at) putAt(whole, keys, value);
    }
    return whole;
  };
  return { ...data, ...put(data, "0"), others: data.others.map((item, index) => put(item, `${index + 1}`)) };
}

/** What an event's key opens: empty where there is nothing. Throws ERASED. */
export function sealedValues(event: StoredAction, sealing: Sealing | null): readonly Json[] {
  return event.sealed === null ? [] : Object.values(openValues(event, sealing));
}

/** What the event's secrets are bound to. */
export function boundTo(account: string, id: string): string {
  return `${account}/${id}`;
}

/** The input as it may be compared and shown: without what is sensitive. */
export function withoutSecrets({ sensitive }: Sensitive, input: Json): Json {
  return takeOut(sensitive, { input, captured: {}, recorded: [], performed: [] }, "", {}).input;
}

function openValues(event: StoredAction, sealing: Sealing | null): Record<string, Json> {
  try {
    if (sealing === null) throw new TidingsError("INVALID_OPTION", { detail: "secretKey is missing" });
    const text = sealing.open(String(event.sealed!["values"]), boundTo(event.account, event.id));
    return JSON.parse(text) as Record<string, Json>;
  } catch (cause) {
    if (!isTidingsError(cause)) throw cause;
    throw new TidingsError("ERASED", { detail: `${event.type} ${event.id}: ${cause.detail}`, cause });
  }
}

/** Takes out of a copy. What is taken goes into `secrets` by its exact path, item first, as JSON: keys may hold dots. */
function takeOut(
  sensitive: readonly string[],
  item: ActionItem,
  at: string,
  secrets: Record<string, Json>,
): ActionItem {
  const open = { ...structuredClone(item) } as ActionItem & { input: Json };
  for (const path of sensitive) {
    const name = capturedName(path);
    if (name === undefined) {
      for (const keys of pathsTo(open.input, path.split("."), ["input"])) {
        secrets[JSON.stringify([at, ...keys])] ??= valueAt(open, keys);
        putAt(open, keys, null);
      }
      continue;
    }
    const captured = open.captured as Record<string, Json>;
    for (const key of Object.keys(captured)) {
      // Null tells nothing. What is something is left out, so that a replay without it knows that it was there.
      if (!isNamed(name, key) || captured[key] === null) continue;
      secrets[JSON.stringify([at, "captured", key])] = captured[key]!;
      delete captured[key];
    }
    for (const [key, failed] of Object.entries(open.threw ?? {})) {
      // What was to become a secret may be told by the error's message.
      if (isNamed(name, key)) putAt(open, ["threw", key], { ...failed, message: "" });
    }
  }
  for (const [index, note] of open.performed.entries()) {
    if (!("skipped" in note)) continue;
    const inside = note.skipped.captured as Record<string, Json>;
    for (const name of note.skipped.secret ?? []) {
      secrets[JSON.stringify([at, "performed", `${index}`, "skipped", "captured", name])] = inside[name]!;
      delete inside[name];
    }
  }
  return open;
}

/** Whether an action that it performed captured secrets and then skipped: that one has no event to keep them. */
function hidesInside({ performed }: ActionItem): boolean {
  return performed.some((note) => "skipped" in note && note.skipped.secret !== undefined);
}

/** Where a path leads; `*` leads to each item of a list and each value of an object. */
function pathsTo(value: Json, path: readonly string[], keys: readonly string[]): string[][] {
  const [key, ...rest] = path;
  if (key === undefined) return value === null ? [] : [[...keys]];
  if (typeof value !== "object" || value === null) return [];
  const next = key === "*" ? Object.keys(value) : Object.hasOwn(value, key) ? [key] : [];
  return next.flatMap((name) => pathsTo((value as JsonObject)[name]!, rest, [...keys, name]));
}

function valueAt(holder: unknown, keys: readonly string[]): Json {
  return keys.reduce((at, key) => (at as Record<string, unknown>)[key], holder) as Json;
}

function putAt(holder: unknown, keys: readonly string[], value: Json): void {
  const parent = valueAt(holder, keys.slice(0, -1)) as unknown as Record<string, Json>;
  // Not by assignment alone: a key "__proto__" would be lost.
  Object.defineProperty(parent, keys.at(-1)!, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
