import { expect, test } from "vitest";
import {
  aBoolean,
  aFunction,
  aLimit,
  aName,
  aNumber,
  aPositive,
  aSignal,
  checkOptions,
  texts,
  wholeNumber,
  type OptionKinds,
} from "./checkOptions.ts";

const kinds: OptionKinds = {
  strict: aBoolean,
  batch: wholeNumber(1, 10_000),
  run: aFunction,
  name: aName(5),
  signal: aSignal,
  tables: texts,
  most: aLimit(0),
  part: aNumber(0, 1_000),
  days: aPositive(),
  ratio: aPositive(1),
};

const { signal } = new AbortController();

test.each<object>([
  {},
  { strict: undefined, batch: 10_000, run: () => 0, name: "größe", signal, tables: ["a"] },
  { most: 0, part: 0, days: 0.5, ratio: 1 },
  { most: Infinity, part: 1_000, days: Infinity, ratio: 0.1 },
  { signal: Object.create(signal) as object },
])("%o passes", (given) => {
  expect(() => checkOptions(given, kinds)).not.toThrow();
});

test.each<[unknown, (string | number)[], string]>([
  [null, [], "options null must be an object"],
  [[], [], "options [] must be an object"],
  ["x", [], "options 'x' must be an object"],
  [{ strict: "no" }, ["strict"], "strict 'no' must be true or false"],
  [{ strict: null }, ["strict"], "strict null must be true or false"],
  [{ batch: 10_001 }, ["batch"], "batch 10001 must be a whole number from 1 to 10,000"],
  [{ batch: Number.NaN }, ["batch"], "batch NaN must be"],
  [{ run: 5 }, ["run"], "run 5 must be a function"],
  [{ name: "a\0b" }, ["name"], "must be a text of 1 to 5 characters"],
  [{ name: "\ud800" }, ["name"], "must be a text"],
  [{ signal: {} }, ["signal"], "signal {} must be an AbortSignal"],
  [{ tables: "users" }, ["tables"], "tables 'users' must be a list of texts"],
  [{ most: 0.5 }, ["most"], "most 0.5 must be a whole number from 0, or Infinity"],
  [{ most: -1 }, ["most"], "most -1 must be"],
  [{ part: 1_001 }, ["part"], "part 1001 must be a number from 0 to 1,000"],
  [{ part: Number.NaN }, ["part"], "part NaN must be"],
  [{ days: 0 }, ["days"], "days 0 must be a number above 0"],
  [{ days: "5" }, ["days"], "days '5' must be a number above 0"],
  [{ ratio: 1.1 }, ["ratio"], "ratio 1.1 must be a number above 0, at most 1"],
  [{ acount: "acme" }, ["acount"], "acount is no option"],
  [{ constructor: 5 }, ["constructor"], "constructor is no option"],
])("%o is refused, with the path", (given, path, detail) => {
  expect(() => checkOptions(given, kinds)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", path, detail: expect.stringContaining(detail) }),
  );
  expect(() => checkOptions(given, kinds, ["replay", 0])).toThrow(
    expect.objectContaining({ path: ["replay", 0, ...path] }),
  );
});
