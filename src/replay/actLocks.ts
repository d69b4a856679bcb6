import { aFunction, checkOptions, type OptionKind } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import { entityKey, type EntityRef } from "../events/entity.ts";
import { checkText } from "../events/limits.ts";
import type { AnyActionDefinition } from "./defineAction.ts";

export interface ActionLocks {
  /**
   * A constant of the app that goes into the hash of every key, so that other users of advisory locks in the database meet
   * other numbers. Default 0x746964696e6773n, "tidings" in ASCII.
   */
  seed?: bigint | undefined;
  /**
   * What a lock is called. A text is hashed to 64 bits by PostgreSQL's `hashtextextended(key, seed)`; a bigint is the lock's
   * number as it is. Must tell accounts apart. Default: a text of the account and the name.
   */
  key?: ((wanted: WantedLock) => string | bigint) | undefined;
}

export interface WantedLock {
  readonly account: string;
  /** `card:1` of a subject, the text of a lock of the app's own; null for the whole account. */
  readonly name: string | null;
  /** The type of the action that asks for it. */
  readonly action: string;
}

/** One lock as `tidings.begin_actions` takes it: by the key's hash, or by the number. */
export interface TakenLock {
  readonly key: string | null;
  readonly number: string | null;
  /** Beside others that share it. */
  readonly shared: boolean;
}

/** Throws INVALID_OPTION. */
export function checkActionLocks(locks: ActionLocks): ActionLocks {
  checkOptions(locks, { seed: aBigint, key: aFunction }, ["actionLocks"]);
  return locks;
}

const aBigint: OptionKind = { holds: (value) => typeof value === "bigint", must: "must be a bigint: 42n" };

export const defaultSeed = 0x746964696e6773n;

/** A lock costs an entry in a table that the server's connections share: 64 for each of them. A long list locks the account. */
const MOST_LOCKS = 100;

/** What waits for each other: `name` null for the account, undefined for nobody. */
export function lockName(
  { type, lock }: AnyActionDefinition,
  input: unknown,
  subject: EntityRef,
): string | null | undefined {
  if (lock === "none") return undefined;
  if (lock === "account") return null;
  if (lock === "subject") return entityKey(subject);
  const name: unknown = lock(input as never);
  if (typeof name !== "string")
    throw new TidingsError("INVALID_OPTION", { detail: `${type}: lock gave no text` });
  checkText(name, ["lock"]);
  return name;
}

/**
 * The locks of some actions of one account. Who locks a subject also locks the account beside others who do, so that an
 * action which locks all of the account is alone in it.
 */
export function locksOf(
  account: string,
  wanted: readonly { readonly action: string; readonly name: string | null | undefined }[],
  { key = defaultKey }: ActionLocks,
): TakenLock[] {
  const locked = wanted.filter((each) => each.name !== undefined);
  if (locked.length === 0) return [];
  const take = (name: string | null, action: string, shared: boolean): TakenLock => {
    const given = key({ account, name, action });
    if (typeof given === "bigint") return { key: null, number: String(BigInt.asIntN(64, given)), shared };
    if (typeof given === "string") return { key: given, number: null, shared };
    throw new TidingsError("INVALID_OPTION", { detail: "actionLocks.key must give a text or a bigint" });
  };
  const names = new Map(locked.map(({ name, action }) => [name ?? null, action]));
  const alone = names.has(null) || names.size > MOST_LOCKS;
  const ofAccount = take(null, locked[0]!.action, !alone);
  return alone ? [ofAccount] : [ofAccount, ...[...names].map(([name, action]) => take(name, action, false))];
}

/** As JSON: no account and name give the text of others. */
function defaultKey({ account, name }: WantedLock): string {
  return JSON.stringify([account, name]);
}
