import { expect, test } from "vitest";
import { withDefaults } from "./withDefaults.ts";

const defaults = { waitMs: 250, retries: 4 };

test("what is given replaces its default, also where it is 0", () => {
  expect(withDefaults(defaults, { waitMs: 0 })).toEqual({ waitMs: 0, retries: 4 });
});

test("undefined counts as not given", () => {
  const given: { waitMs?: number | undefined; retries?: number | undefined } = {
    waitMs: undefined,
    retries: 1,
  };
  expect(withDefaults(defaults, given)).toEqual({ waitMs: 250, retries: 1 });
  expect(withDefaults(defaults, undefined)).toEqual(defaults);
});
