import { expect, test } from "vitest";
import { largestSeries } from "./series.ts";

const bucket = (counts: Record<string, number>) => ({ at: "2026-11-21T00:00:00.000Z", counts });

test("four kinds have a line each, the largest first, with zeros where nothing happened", () => {
  const series = largestSeries([bucket({ a: 1, d: 9 }), bucket({ b: 2, c: 3 })]);
  expect(series.map(({ name, values }) => [name, values])).toEqual([
    ["d", [9, 0]],
    ["c", [0, 3]],
    ["b", [0, 2]],
    ["a", [1, 0]],
  ]);
  expect(new Set(series.map(({ colour }) => colour)).size).toBe(4);
});

test("of five or more the three largest have a line, and all others share one", () => {
  const series = largestSeries([bucket({ a: 5, b: 4, c: 3, d: 2, e: 1 }), bucket({ e: 1 })]);
  expect(series.map(({ name, values }) => [name, values])).toEqual([
    ["a", [5, 0]],
    ["b", [4, 0]],
    ["c", [3, 0]],
    ["2 others", [3, 1]],
  ]);
});
