import { expect, test } from "vitest";
import { errorText } from "./problems.ts";

test("an error is kept as its stack, within bounds and without NUL", () => {
  expect(errorText(new Error("lost\0"))).toMatch(/^Error: lost\n +at /);
  expect(errorText(new Error("x".repeat(9_000)))).toHaveLength(4_000);
  expect(errorText("lost")).toBe("lost");
});

test.each([
  null,
  undefined,
  5n,
  Symbol("lost"),
  Object.create(null),
  {
    toString: () => {
      throw new Error("no text");
    },
  },
  Object.assign(new Error("lost"), { stack: 5 }),
])("whatever is thrown can be told: %#", (thrown) => {
  expect(errorText(thrown)).not.toBe("");
});
