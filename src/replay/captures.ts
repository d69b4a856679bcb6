import { randomBytes } from "node:crypto";
import { aFunction, checkOption } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import { storableText } from "../events/limits.ts";
import { asStored, checkSerializable, type Json } from "../events/serializable.ts";
import type { ActionItem, FailedInside } from "./actionRecord.ts";

/** The values of an action that would come out differently a second time. */
export interface Captures {
  id(): string;
  random(): number;
  capture<Value>(name: string, make: () => Value): Promise<Awaited<Value>>;
}

export interface TakenCaptures extends Captures {
  /** What was captured so far, as it is stored. */
  taken(): Pick<ActionItem, "captured" | "threw">;
}

/** Of a first run: makes the values and keeps them. */
export function takeCaptures(): TakenCaptures {
  const names = createNames();
  const captured: Record<string, Json> = {};
  const threw: Record<string, FailedInside["failed"]> = {};
  return {
    id: () => (captured[names.next("id")] = newId()) as string,
    random: () => (captured[names.next("random")] = Math.random()) as number,
    capture: async <Value>(given: string, make: () => Value): Promise<Awaited<Value>> => {
      const name = names.next(checkName(given));
      checkOption(make, aFunction, ["capture", given]);
      try {
        const value = await make();
        checkSerializable(value, ["captured", name]);
        captured[name] = asStored(value);
        // A copy, and as a replay will get it: what `run` does with it later was not captured.
        return structuredClone(captured[name]) as Awaited<Value>;
      } catch (error) {
        threw[name] = failureOf(error);
        throw error;
      }
    },
    taken: () => ({ captured, ...(Object.keys(threw).length > 0 && { threw }) }),
  };
}

/**
 * Of a replay: gives back what was recorded. What was not is asked of `missing`, which gives it or throws.
 */
export function giveCaptures(
  { captured, threw = {} }: Pick<ActionItem, "captured" | "threw">,
  missing: (name: string, kind: "id" | "random" | "capture") => Json,
): Captures {
  const names = createNames();
  const give = (name: string, kind: "id" | "random" | "capture") => {
    if (Object.hasOwn(threw, name)) throw failureAgain(threw[name]!);
    return structuredClone(Object.hasOwn(captured, name) ? captured[name]! : missing(name, kind));
  };
  return {
    id: () => give(names.next("id"), "id") as string,
    random: () => give(names.next("random"), "random") as number,
    capture: async <Value>(given: string) => give(names.next(checkName(given)), "capture") as Awaited<Value>,
  };
}

/** What is kept of an error that `run` met and dealt with. */
export function failureOf(error: unknown): FailedInside["failed"] {
  if (!(error instanceof Error)) return { name: "Error", message: storableText(String(error), 1_000) };
  const { name, message } = error;
  const code =
    "code" in error && typeof error.code === "string" ? { code: storableText(error.code, 100) } : {};
  return { name: storableText(name, 100), message: storableText(message, 1_000), ...code };
}

/** The same error, as far as `run` may look at it: by name, message and code. */
export function failureAgain({ name, message, code }: FailedInside["failed"]): Error {
  const error = new Error(message);
  return Object.assign(error, { name, ...(code !== undefined && { code }) });
}

/** All that was captured under a name: `token`, `token#2`, … */
export function isNamed(name: string, key: string): boolean {
  return key === name || key.startsWith(`${name}#`);
}

/** A name that comes again is counted: captures in a loop, in the order in which they are asked for. */
function createNames() {
  const counts = new Map<string, number>();
  return {
    next: (name: string) => {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return count === 1 ? name : `${name}#${count}`;
    },
  };
}

function checkName(name: string): string {
  if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/.test(name) || RESERVED.includes(name)) {
    throw new TidingsError("INVALID_OPTION", {
      detail: `capture("${String(name)}"): a name is 1 to 100 of A-Z, a-z, 0-9 and _ . -, and none of ${RESERVED.join(", ")}`,
    });
  }
  return name;
}

/** `__proto__` is no key of its own of the object that keeps them. */
const RESERVED = ["id", "random", "__proto__"];

/** A UUID of version 7: rows made together lie together in the app's indexes. */
function newId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return uuidText(bytes);
}

export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
