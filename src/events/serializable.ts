import { TidingsError } from "../errors.ts";
import { checkText, limits } from "./limits.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

type Path = readonly (string | number)[];

/**
 * Throws UNSERIALIZABLE, with the path, unless `value` survives JSON and jsonb unchanged. `JSON.stringify` would
 * silently turn NaN into null, drop functions and call toJSON; a log must not change what it was told. Undefined
 * properties of objects count as absent.
 */
export function checkSerializable(value: unknown, path: Path): void {
  visit(value, [...path], []);
}

/**
 * How long the JSON is that PostgreSQL gives back of this one. Its numbers have no exponent: the 6 bytes of 1e+308 are read as 309,
 * so that an event of 64 KiB could be one of 2.5 MiB on every page that holds it.
 */
export function storedBytes(json: string): number {
  let bytes = Buffer.byteLength(json);
  if (!/[0-9]e[+-][0-9]/.test(json)) return bytes; // nearly always: looking at each value costs ten times the rest
  JSON.parse(json, (_key, item: unknown) => {
    if (typeof item === "number") bytes += Math.abs(Number(String(item).split("e")[1] ?? 0));
    return item;
  });
  return bytes;
}

/**
 * A value as it will be read: jsonb keeps keys by their length, then by their bytes. Whoever is given a value before it is stored
 * sees what others are given later. Only for what `checkSerializable` let pass.
 */
export function asStored(value: unknown): Json {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(
          Object.entries(item).sort(([a], [b]) => byStoredOrder(Buffer.from(a), Buffer.from(b))),
        )
      : item,
  ) as Json;
}

function byStoredOrder(a: Buffer, b: Buffer): number {
  return a.length - b.length || Buffer.compare(a, b);
}

/** JSON with sorted keys: equal content gives equal text. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function visit(value: unknown, path: (string | number)[], ancestors: object[]): void {
  switch (typeof value) {
    case "boolean":
      return;
    case "string":
      return checkText(value, path);
    case "number":
      if (!Number.isFinite(value)) refuse(path, `is ${value}`);
      return;
    case "object":
      return value === null ? undefined : visitObject(value, path, ancestors);
    case "bigint":
      return refuse(path, "is a BigInt");
    case "undefined":
      return refuse(path, "is undefined");
    default:
      return refuse(path, `is a ${typeof value}`);
  }
}

function visitObject(value: object, path: (string | number)[], ancestors: object[]): void {
  if (ancestors.includes(value)) refuse(path, "contains itself");
  if (ancestors.length >= limits.nesting) refuse(path, `is nested more than ${limits.nesting} levels deep`);
  ancestors.push(value);
  if ("toJSON" in value && typeof value.toJSON === "function") refuse(path, "has a toJSON method");
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(path, "has a symbol as a key");
  if (Array.isArray(value)) {
    // Not forEach: it would skip holes, which JSON turns into null.
    for (let index = 0; index < value.length; index++) {
      path.push(index);
      visit(value[index], path, ancestors);
      path.pop();
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      refuse(path, `is a ${value.constructor.name || "class instance"}`);
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      path.push(key);
      checkText(key, path);
      visit(item, path, ancestors);
      path.pop();
    }
  }
  ancestors.pop();
}

function refuse(path: Path, what: string): never {
  throw new TidingsError("UNSERIALIZABLE", {
    detail: `${path.join(".") || "value"} ${what}`,
    path: [...path],
  });
}
