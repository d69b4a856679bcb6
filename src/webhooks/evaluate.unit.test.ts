import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./expression.ts";

const holds = (filter: string, value: unknown) => evaluate(parseExpression(filter), value);
const event = {
  type: "card.moved",
  subject: { type: "card", id: "7" },
  actor: { id: "cat" },
  refs: { tags: [{ id: "red" }, { id: "blue" }] },
  data: {
    amount: 120,
    words: ["ready", "steady"],
    mixed: [1, "b", null],
    deep: [[[{ n: 5 }]]],
    none: null,
    empty: [],
  },
};

test("the filter of the documentation is true of the events that it describes", () => {
  const filter = 'data.amount > 100 and subject.type = "card" and not (actor.id in ["ann", "bob"])';
  expect(holds(filter, event)).toBe(true);
  expect(holds(filter, { ...event, actor: { id: "ann" } })).toBe(false);
  expect(holds(filter, { ...event, data: { amount: 100 } })).toBe(false);
});

test("numbers and texts are compared with their own kind only", () => {
  expect(holds("data.amount = 120", event)).toBe(true);
  expect(holds('data.amount = "120"', event)).toBe(false);
  expect(holds('data.amount > "1"', event)).toBe(false);
  expect(holds("subject.id = 7", event)).toBe(false);
  expect(
    holds('subject.id >= "7" and subject.id <= "7" and subject.id < "8" and subject.id > "6"', event),
  ).toBe(true);
  expect(holds("data.none = null", event)).toBe(true);
  expect(holds("data.none < 1 or data.none >= 0", event)).toBe(false);
});

test("what is missing matches nothing but != and not", () => {
  for (const filter of [
    "data.x = null",
    "data.x exists",
    "data.x < 1",
    'data.x contains "a"',
    "data.x in [null]",
    "data.amount.x = 1",
  ])
    expect(holds(filter, event)).toBe(false);
  for (const filter of ["data.x != 1", "not data.x exists", "data.none exists", "data.empty exists"])
    expect(holds(filter, event)).toBe(true);
});

test("case 26: a list stands for its elements, mixed and deep ones too", () => {
  expect(holds('refs.tags.id = "blue"', event)).toBe(true);
  expect(holds('refs.tags.id != "blue"', event)).toBe(false);
  expect(holds('refs.tags.id in ["green", "red"]', event)).toBe(true);
  expect(holds('data.mixed in ["a", 1]', event)).toBe(true);
  expect(holds('data.mixed in ["1", true]', event)).toBe(false);
  expect(holds("data.mixed = null", event)).toBe(true);
  expect(holds("data.deep.n = 5 and data.deep.n > 4", event)).toBe(true);
  expect(holds("data.empty = null", event)).toBe(false);
});

test("a text contains its parts, a list its elements", () => {
  expect(holds('type contains "d.m" and type starts with "card." and type ends with ".moved"', event)).toBe(
    true,
  );
  expect(holds('data.words contains "ready"', event)).toBe(true);
  expect(holds('data.words contains "read"', event)).toBe(false);
  expect(holds('data.words starts with "rea"', event)).toBe(true);
  expect(holds("data.mixed contains 1", event)).toBe(true);
});

test("case 26: only what the event itself holds is seen, also under __proto__", () => {
  for (const filter of [
    "__proto__ exists",
    "constructor.name exists",
    "data.__proto__.amount exists",
    "data.words.length exists",
    "type.length exists",
  ])
    expect(holds(filter, event)).toBe(false);
  const own = JSON.parse('{"data":{"__proto__":{"amount":1}}}') as unknown;
  expect(holds("data.__proto__.amount = 1", own)).toBe(true);
});

test("case 26: what hangs a regular expression is plain text here", () => {
  const text = `${"a".repeat(60_000)}!`;
  expect(holds('data.text starts with "(a+)+$"', { data: { text } })).toBe(false);
  expect(holds(`data.text contains "${"a".repeat(249)}b"`, { data: { text } })).toBe(false);
});

test("of any JSON, a filter is true or false, and its denial is the opposite", () => {
  const names = fc.constantFrom("a", "b", "__proto__", "length");
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(null, true, 0, 1, "", "a", "ab"),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(names, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;
  const path = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("."));
  const comparison = fc
    .oneof(
      fc.tuple(path, fc.constantFrom("=", "!=", "contains"), fc.constantFrom('"a"', "1", "null", "true")),
      fc.tuple(path, fc.constantFrom("<", "<=", ">", ">=", "contains"), fc.constantFrom('"a"', "0")),
      fc.tuple(path, fc.constantFrom("in"), fc.constantFrom('["a", 1]')),
    )
    .map((parts) => parts.join(" "));
  fc.assert(
    fc.property(json, comparison, comparison, path, (value, one, other, anywhere) => {
      expect(holds(`not ${one}`, value)).toBe(!holds(one, value));
      expect(holds(`${one} and ${other}`, value)).toBe(holds(one, value) && holds(other, value));
      expect(holds(`${one} or ${other}`, value)).toBe(holds(one, value) || holds(other, value));
      expect(holds(`${anywhere} != 1`, value)).toBe(!holds(`${anywhere} = 1`, value));
      expect(holds(`${anywhere} in ["a", 1]`, value)).toBe(
        holds(`${anywhere} = "a" or ${anywhere} = 1`, value),
      );
      if (!holds(`${anywhere} exists`, value)) expect(holds(`${anywhere} = null`, value)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("a list of values is not compared one by one with each element of a long list", () => {
  const values = Array.from({ length: 100 }, (_, index) => `v${index}`);
  let compared = 0;
  const long = Array.from({ length: 1_000 }, () => "other");
  const counting = new Proxy(values, {
    get: (target, name, receiver) => {
      if (typeof name === "string" && /^[0-9]+$/.test(name)) compared++;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  const filter = { op: "in", path: ["data"], values: counting } as const;
  expect([evaluate(filter, { data: long }), evaluate(filter, { data: [...long, "v99"] })]).toEqual([
    false,
    true,
  ]);
  expect(compared).toBe(100);
});
