import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "./limits.ts";
import { checkSerializable } from "./serializable.ts";

const refusalOf = (value: unknown) => {
  try {
    checkSerializable(value, ["data"]);
  } catch (error) {
    return error;
  }
  return undefined;
};

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 ? { a: value } : [value];
  return value;
};

const cycle: Record<string, unknown> = { list: [] };
(cycle["list"] as unknown[]).push({ again: cycle });

describe("what JSON would change is refused, with the path", () => {
  test.each<[string, unknown, (string | number)[]]>([
    ["a BigInt", { a: { b: 1n } }, ["a", "b"]],
    ["a function", { a: () => 1 }, ["a"]],
    ["a symbol", { a: [Symbol("x")] }, ["a", 0]],
    ["a symbol as a key", { a: { [Symbol("x")]: 1 } }, ["a"]],
    ["NaN", { a: Number.NaN }, ["a"]],
    ["Infinity", { a: [1, Infinity] }, ["a", 1]],
    ["undefined in a list", { a: [undefined] }, ["a", 0]],
    ["a hole in a list", { a: [1, , 3] }, ["a", 1]], // eslint-disable-line no-sparse-arrays
    ["a Date", { a: new Date(0) }, ["a"]],
    ["a Map", { a: new Map() }, ["a"]],
    ["a Set", { a: new Set() }, ["a"]],
    ["a typed array", { a: new Uint8Array(1) }, ["a"]],
    ["a class instance", { a: new (class Money {})() }, ["a"]],
    ["a boxed text", { a: new String("x") }, ["a"]],
    ["an Error", { a: new Error("x") }, ["a"]],
    ["toJSON on an object", { a: { toJSON: () => 1 } }, ["a"]],
    ["toJSON on a list", { a: Object.assign([1], { toJSON: () => 1 }) }, ["a"]],
    ["a lone surrogate", { a: "x\ud800" }, ["a"]],
    ["the other half", { a: "\udc00x" }, ["a"]],
    ["a lone surrogate in a key", { a: { "\ud800": 1 } }, ["a", "\ud800"]],
    ["NUL", { a: "x\0" }, ["a"]],
    ["NUL in a key", { "\0": 1 }, ["\0"]],
    ["a cycle", cycle, ["list", 0, "again"]],
    ["what is too deep", { a: nested(limits.nesting) }, ["a", ...nestedPath(limits.nesting - 1)]],
  ])("%s", (_what, value, path) => {
    expect(refusalOf(value)).toMatchObject({ code: "UNSERIALIZABLE", path: ["data", ...path] });
  });
});

/** The path to the innermost container of `nested`. */
function nestedPath(levels: number): (string | number)[] {
  return Array.from({ length: levels }, (_, index) => ((levels - index) % 2 ? "a" : 0));
}

test("the same object twice is not a cycle", () => {
  const shared = { a: 1 };
  expect(refusalOf({ x: shared, y: [shared, shared] })).toBeUndefined();
});

test("pairs of surrogates, 64 levels, and properties that are undefined are fine", () => {
  expect(refusalOf({ a: "🪁", b: undefined })).toBeUndefined();
  expect(refusalOf(nested(limits.nesting))).toBeUndefined();
});

test("what passes survives JSON unchanged", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withNullPrototype: true,
    withBoxedValues: true,
  });
  fc.assert(
    fc.property(fc.oneof(anything, fc.jsonValue()), (value) => {
      if (refusalOf(value) === undefined) expect(JSON.parse(JSON.stringify(value))).toEqual(plain(value));
    }),
    { numRuns: 2_000 },
  );
});

/** The value with ordinary prototypes and without what does not count: undefined properties, the sign of zero. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value === 0 ? 0 : value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, plain(item)]])),
  );
}
