import fc from "fast-check";
import { expect, test } from "vitest";
import { isTidingsError } from "../errors.ts";
import { expressionLimits, parseExpression, type Expression } from "./expression.ts";

const refused = (text: string, what: RegExp) =>
  expect(() => parseExpression(text)).toThrow(
    expect.objectContaining({
      code: "INVALID_EXPRESSION",
      path: ["filter"],
      detail: expect.stringMatching(what),
    }),
  );

test("not binds closer than and, and closer than or; parentheses closest", () => {
  const x = { op: "exists", path: ["x"] } as const;
  const y = { op: "exists", path: ["y"] } as const;
  const z = { op: "exists", path: ["z"] } as const;
  expect(parseExpression("x exists or not y exists and z exists")).toEqual({
    op: "or",
    of: [x, { op: "and", of: [{ op: "not", of: y }, z] }],
  });
  expect(parseExpression("not (x exists or y exists) and z exists")).toEqual({
    op: "and",
    of: [{ op: "not", of: { op: "or", of: [x, y] } }, z],
  });
});

test("every operator, value and way to write a path is read", () => {
  expect(
    parseExpression('data.amount > 100 and subject.type = "card" and not (actor.id in ["ann", "bob"])'),
  ).toEqual({
    op: "and",
    of: [
      { op: ">", path: ["data", "amount"], value: 100 },
      { op: "=", path: ["subject", "type"], value: "card" },
      { op: "not", of: { op: "in", path: ["actor", "id"], values: ["ann", "bob"] } },
    ],
  });
  expect(parseExpression('data["a key"].in.not starts with "x\\u0041"')).toEqual({
    op: "starts with",
    path: ["data", "a key", "in", "not"],
    value: "xA",
  });
  expect(parseExpression("a<=-1.5e3")).toEqual({ op: "<=", path: ["a"], value: -1500 });
  expect(parseExpression("a in [1,null,true,false]")).toMatchObject({ values: [1, null, true, false] });
});

test("case 26: __proto__ is a name like any other", () => {
  const { path } = parseExpression("__proto__.constructor = 1") as { path: readonly string[] };
  expect(path).toEqual(["__proto__", "constructor"]);
});

test("what cannot be read is refused with its column", () => {
  refused("", /found the end \(column 1\)/);
  refused("a", /operator, found the end \(column 2\)/);
  refused("a == 1", /value.*found "=" \(column 4\)/);
  refused("a = 'x'", /double quotes.*\(column 5\)/);
  refused('a = "x', /no end \(column 5\)/);
  refused('a = "\\q"', /escape/);
  refused('a = "\\u0000"', /cannot be stored/);
  refused('a = "\\ud800"', /cannot be stored/);
  refused("a = 1e400", /too large/);
  refused("a = 1 b = 2", /and, or, or the end, found "b" \(column 7\)/);
  refused("(a = 1", /\), found the end/);
  refused("a in []", /found "]"/);
  refused("a < true", /takes a number/);
  refused("a starts with 1", /takes text/);
  refused("a starts 1", /Expected with/);
  refused("a.1 = 2", /Expected/);
  refused("a matches /x/", /Cannot read "\/"/);
  refused("a & b", /Cannot read "&"/);
});

test("a filter has a limited length, size and depth", () => {
  const { characters, nodes, depth, path, list, contained } = expressionLimits;
  const times = (count: number, text: string, between = "") => Array(count).fill(text).join(between);
  expect(parseExpression(`a="${times(characters - 4, "x")}"`)).toBeDefined();
  refused(`a="${times(characters - 3, "x")}"`, /2000 characters/);
  expect(parseExpression(times(nodes - 1, "a=1", " or "))).toBeDefined();
  refused(times(nodes, "a=1", " or "), /100 comparisons/);
  expect(parseExpression(`${times(depth, "(")}a=1${times(depth, ")")}`)).toBeDefined();
  refused(`${times(depth + 1, "(")}a=1${times(depth + 1, ")")}`, /10 deep/);
  refused(times(1_990, "("), /10 deep/);
  refused(`${times(400, "not ")}a=1`, /10 deep/);
  expect(parseExpression(`${times(path, "a", ".")}=1`)).toBeDefined();
  refused(`${times(path + 1, "a", ".")}=1`, /8 names/);
  expect(parseExpression(`a in [${times(list, "1", ",")}]`)).toBeDefined();
  expect(parseExpression(`a contains "${times(contained, "x")}"`)).toBeDefined();
  refused(`a contains "${times(contained + 1, "x")}"`, /250 characters/);
  refused(`a in [${times(list + 1, "1", ",")}]`, /100 values/);
});

test("any text is read or refused, and nothing else is ever thrown", () => {
  const pieces = fc.constantFrom(
    ..."a b.c data and or not ( ) [ ] , = != < <= > >= in contains starts ends with exists true null".split(
      " ",
    ),
    '"x"',
    '"',
    "\\",
    "'",
    "1",
    "-",
    "1e999",
    ".",
    "\0",
    "\ud800",
    "é",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join(" ")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseExpression(text);
      } catch (error) {
        if (!isTidingsError(error, "INVALID_EXPRESSION")) throw error;
      }
    }),
    { numRuns: 2_000 },
  );
});

test("what is written out is read back, also from the JSON that is stored", () => {
  const scalar = fc.oneof(
    fc.string().filter((text) => !text.includes("\0")),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
  );
  const path = fc
    .array(
      fc.oneof(
        fc.constantFrom("a", "in", "__proto__"),
        fc.string().filter((text) => !text.includes("\0")),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map(([, ...rest]) => ["data", ...rest]);
  const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({
        op: fc.constantFrom("=" as const, "!=" as const, "contains" as const),
        path,
        value: scalar,
      }),
      fc.record({
        op: fc.constant("in" as const),
        path,
        values: fc.array(scalar, { minLength: 1, maxLength: 4 }),
      }),
      fc.record({ op: fc.constant("exists" as const), path }),
      fc.record({ op: fc.constant("not" as const), of: tie("expression") }),
      fc.record({
        op: fc.constantFrom("and" as const, "or" as const),
        of: fc.array(tie("expression"), { minLength: 2, maxLength: 3 }),
      }),
    ),
  }));
  fc.assert(
    fc.property(expression, (written) => {
      const text = write(written);
      fc.pre(text.length <= expressionLimits.characters);
      const read = parseExpression(text);
      expect(read).toEqual(written);
      expect(JSON.parse(JSON.stringify(read))).toEqual(written);
    }),
  );
});

function write(expression: Expression): string {
  switch (expression.op) {
    case "and":
    case "or":
      return expression.of.map((part) => `(${write(part)})`).join(` ${expression.op} `);
    case "not":
      return `not (${write(expression.of)})`;
    case "exists":
      return `${writePath(expression.path)} exists`;
    case "in":
      return `${writePath(expression.path)} in ${JSON.stringify(expression.values)}`;
    default:
      return `${writePath(expression.path)} ${expression.op} ${JSON.stringify(expression.value)}`;
  }
}

function writePath([first, ...rest]: readonly string[]): string {
  return (
    first +
    rest.map((name) => (/^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join("")
  );
}
