import { afterEach, expect, test, vi } from "vitest";
import { presentMoment } from "./useNow.ts";

afterEach(() => vi.restoreAllMocks());

test("a moment is the same while one task runs, though the clock goes on, and another afterwards", async () => {
  let clock = 1_000;
  vi.spyOn(Date, "now").mockImplementation(() => ++clock);
  const first = presentMoment();
  expect(presentMoment()).toBe(first);
  await Promise.resolve();
  expect(presentMoment()).toBe(first + 1);
});
