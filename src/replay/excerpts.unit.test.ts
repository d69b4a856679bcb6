import { expect, test } from "vitest";
import { excerptsOf } from "./excerpts.ts";

test("of short values nothing is left out", () => {
  expect(excerptsOf("one", null, 3)).toEqual(["one", null]);
});

test("of long ones the part where they differ, which PostgreSQL stores wherever it is cut", () => {
  const [one, other] = excerptsOf(`${"😀".repeat(20)}a`, `${"😀".repeat(20)}b`, 9);
  expect(one).toContain("a");
  expect(other).toContain("b");
  for (let length = 5; length < 20; length++) {
    const excerpts = excerptsOf("😀".repeat(20), "x", length);
    expect(excerpts.every((excerpt) => excerpt.isWellFormed())).toBe(true);
  }
});
