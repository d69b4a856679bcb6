import { expect, test } from "vitest";
import { weekPoints } from "./weeks.ts";

const now = new Date(2026, 10, 20, 15);
const counts = (points: readonly { count: number }[]) => points.map(({ count }) => count);

test("weeks without events are drawn as such, a quarter at least, up to the present week", () => {
  const points = weekPoints(
    [
      { week: "2026-11-02", count: 3 },
      { week: "2026-11-16", count: 5 },
    ],
    now,
  );
  expect(points.length).toBe(13);
  expect(counts(points).slice(-4)).toEqual([0, 3, 0, 5]);
  expect(new Date(points.at(-1)!.at)).toEqual(new Date(2026, 10, 16));
});

test("a year at most, and nothing at all is a quarter of nothing", () => {
  expect(weekPoints([{ week: "2019-01-07", count: 1 }], now).length).toBe(53);
  expect(counts(weekPoints([], now)).every((count) => count === 0)).toBe(true);
});

test("every point is a Monday, also across a change of the clocks", () => {
  for (const { at } of weekPoints([{ week: "2025-12-01", count: 1 }], now))
    expect(new Date(at).getDay()).toBe(1);
});
