import { expect, test } from "vitest";
import { fieldsOf } from "./fieldsOf.ts";

test("nested values are one row each, named by where they are; what is empty is told", () => {
  const fields = fieldsOf({
    amount: 12.5,
    to: { name: "Ann", tags: ["a", { b: true }] },
    none: null,
    list: [],
    all: {},
  });
  expect(fields.map(({ path, text, kind }) => `${path}=${text} (${kind})`)).toEqual([
    "amount=12.5 (number)",
    "to.name=Ann (text)",
    "to.tags[0]=a (text)",
    "to.tags[1].b=true (other)",
    "none=null (other)",
    "list=[] (other)",
    "all={} (other)",
  ]);
  expect(fieldsOf({})).toEqual([]);
});

test("a screen of rows at most", () => {
  expect(fieldsOf(Array.from({ length: 5_000 }, (_, index) => index)).length).toBe(100);
});
