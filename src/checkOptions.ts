import { inspect } from "node:util";
import { TidingsError } from "./errors.ts";

/** What an option may hold, and how a message says it. */
export interface OptionKind {
  readonly holds: (value: unknown) => boolean;
  /** Behind the value: `must be a function`. */
  readonly must: string;
}

export type OptionKinds = { readonly [name: string]: OptionKind };

/** A kind for each option: the compiler asks for those of a new one. */
export type KindsOf<Options> = { readonly [Name in keyof Required<Options>]: OptionKind };

type Path = readonly (string | number)[];

/**
 * Throws INVALID_OPTION, with the path, unless `given` holds known options alone, each with what it may hold; undefined counts as
 * left out. The compiler says so too, but not to those who have none, and a misspelt `account` would mean all of them.
 */
export function checkOptions(given: unknown, kinds: OptionKinds, path: Path = []): void {
  const wrong = wrongOption(given, kinds);
  if (wrong) refuseOption([...path, ...wrong.path], wrong.what);
}

/** Where something is wrong in what was given, and what. */
export interface Wrong {
  readonly path: Path;
  readonly what: string;
}

/** As `checkOptions`, for one value. */
export function checkOption(given: unknown, { holds, must }: OptionKind, path: Path): void {
  if (!holds(given)) refuseOption(path, `${shown(given)} ${must}`);
}

/** The first option that cannot work: where it is, and what is wrong. For definitions, which have an error of their own. */
export function wrongOption(given: unknown, kinds: OptionKinds): Wrong | null {
  if (!anObject.holds(given)) return { path: [], what: `${shown(given)} ${anObject.must}` };
  for (const [name, value] of Object.entries(given as object)) {
    if (value === undefined) continue;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (!kind) return { path: [name], what: "is no option" };
    if (!kind.holds(value)) return { path: [name], what: `${shown(value)} ${kind.must}` };
  }
  return null;
}

/** Throws INVALID_OPTION. */
export function refuseOption(path: Path, what: string): never {
  throw new TidingsError("INVALID_OPTION", { detail: wrongText({ path, what }), path });
}

/** `batch "5" must be …`; what is wrong with all of them begins with `options`. */
export function wrongText({ path, what }: Wrong): string {
  return `${path.length === 0 ? "options" : path.join(".")} ${what}`;
}

const isFunction = (value: unknown) => typeof value === "function";
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** What is checked elsewhere. */
export const anything: OptionKind = { holds: () => true, must: "" };
export const aBoolean: OptionKind = {
  holds: (value) => typeof value === "boolean",
  must: "must be true or false",
};
export const aFunction: OptionKind = { holds: isFunction, must: "must be a function" };
export const aText: OptionKind = { holds: isText, must: "must be a text" };
export const texts: OptionKind = {
  holds: (value) => Array.isArray(value) && value.every(isText),
  must: "must be a list of texts",
};
export const aList: OptionKind = { holds: Array.isArray, must: "must be a list" };
export const anObject: OptionKind = {
  holds: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  must: "must be an object",
};
export const aSignal: OptionKind = {
  // By what is asked of it: signals of other realms and of polyfills are no instances.
  holds: (value) => anObject.holds(value) && isFunction((value as AbortSignal).throwIfAborted),
  must: "must be an AbortSignal",
};

export function wholeNumber(least: number, most: number): OptionKind {
  return {
    holds: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    must:
      most === Infinity
        ? `must be a whole number from ${least}`
        : `must be a whole number from ${least} to ${most.toLocaleString("en-US")}`,
  };
}

/** How many at most; Infinity for no limit. */
export function aLimit(least: number): OptionKind {
  const finite = wholeNumber(least, Infinity);
  return {
    holds: (value) => value === Infinity || finite.holds(value),
    must: `${finite.must}, or Infinity`,
  };
}

export function aNumber(least: number, most: number): OptionKind {
  return {
    holds: (value) => typeof value === "number" && value >= least && value <= most,
    must: `must be a number from ${least} to ${most.toLocaleString("en-US")}`,
  };
}

export function aPositive(most = Infinity): OptionKind {
  return {
    holds: (value) => typeof value === "number" && value > 0 && value <= most,
    must: `must be a number above 0${most === Infinity ? "" : `, at most ${most.toLocaleString("en-US")}`}`,
  };
}

/** The largest that PostgreSQL's integer holds. */
export const LARGEST_INTEGER = 2 ** 31 - 1;

/** What timers can wait for, 25 days, in Node as in browsers: a longer wait, and Infinity, ends at once. */
export const LONGEST_TIMER_MS = LARGEST_INTEGER;

/**
 * What a timer waits for. Neither zero nor more than it can: a loop without a pause, or a lease without a term, would not
 * fail but harm.
 */
export function milliseconds(most = LONGEST_TIMER_MS): OptionKind {
  return {
    holds: aPositive(most).holds,
    must: `must be a number of milliseconds above 0, at most ${most.toLocaleString("en-US")}`,
  };
}

/** A text that PostgreSQL takes as a part of a key. */
export function aName(characters: number): OptionKind {
  return {
    holds: (value) =>
      isText(value) && value.length <= characters && !value.includes("\0") && value.isWellFormed(),
    must: `must be a text of 1 to ${characters} characters`,
  };
}

/** In one line, whatever it is. */
function shown(value: unknown): string {
  const text = inspect(value, { depth: 0, breakLength: Infinity, customInspect: false });
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
