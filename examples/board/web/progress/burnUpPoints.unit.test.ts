import { expect, test } from "vitest";
import { burnUpPoints } from "./burnUpPoints.ts";

test("a day on which nothing changed stands as the one before, up to today", () => {
  const days = [
    { day: "2026-02-27", total: 3, done: 0 },
    { day: "2026-03-01", total: 5, done: 2 },
  ];
  expect(burnUpPoints(days, "2026-03-02")).toEqual([
    { day: "2026-02-27", total: 3, done: 0 },
    { day: "2026-02-28", total: 3, done: 0 },
    { day: "2026-03-01", total: 5, done: 2 },
    { day: "2026-03-02", total: 5, done: 2 },
  ]);
});

test("a board without cards has no points", () => {
  expect(burnUpPoints([], "2026-03-02")).toEqual([]);
});
