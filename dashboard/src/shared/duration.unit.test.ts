import { expect, test } from "vitest";
import { describeDuration } from "./duration.ts";

test("a duration has a unit, and two where the second one says something", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [84.4, "84 ms"],
    [1_250, "1.2 s"],
    [59_999, "59 s"],
    [300_000, "5 min"],
    [252_000, "4 min 12 s"],
    [9_000_000, "2 h 30 min"],
    [18_000_000, "5 h"],
    [86_400_000 * 3 + 3_600_000 * 4, "3 d 4 h"],
  ];
  expect(cases.map(([ms]) => describeDuration(ms))).toEqual(cases.map(([, text]) => text));
});
