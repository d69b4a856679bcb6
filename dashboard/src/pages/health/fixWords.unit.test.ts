import { expect, test } from "vitest";
import { fixParts } from "./fixWords.ts";

test.each([
  ["npx tidings migrate", null, "npx tidings migrate"],
  ["select pg_terminate_backend(42);", null, "select pg_terminate_backend(42);"],
  [
    'Mend the cause, then: await tidings.subscriptions.resume("search")',
    "Mend the cause, then",
    'await tidings.subscriptions.resume("search")',
  ],
  ["Mend the cause; it tries again by itself", "Mend the cause; it tries again by itself", null],
])("of the fix %s only what can be run is to be copied", (fix, words, command) => {
  expect(fixParts(fix)).toEqual({ words, command });
});
