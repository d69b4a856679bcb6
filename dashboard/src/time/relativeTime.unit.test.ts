import { expect, test } from "vitest";
import { relativeTime, relativeTimeWithDay } from "./relativeTime.ts";

const now = new Date(2026, 10, 20, 15, 30).getTime();
const ago = (ms: number) => new Date(now - ms);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test("relative times are short, and other days give the time of day", () => {
  expect(relativeTime(ago(-2_000), now)).toBe("just now");
  expect(relativeTime(ago(9_999), now)).toBe("just now");
  expect(relativeTime(ago(25_000), now)).toBe("25 s");
  expect(relativeTime(ago(12 * MINUTE), now)).toBe("12 min");
  expect(relativeTime(ago(3 * HOUR), now)).toBe("3 h");
  expect(relativeTime(ago(24 * HOUR), now)).toMatch(/^0?3:30|15:30/);
  expect(relativeTimeWithDay(ago(24 * HOUR), now)).toMatch(/19.*:30/);
});
