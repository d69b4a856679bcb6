import { expect, test } from "vitest";
import { createClock } from "./clock.ts";

test("a clock stands still until it is moved", () => {
  const clock = createClock("2026-03-01T09:00:00Z");
  expect(clock.now()).toEqual(clock.now());
  expect(clock.advance({ minutes: 1, seconds: 30, milliseconds: 5 })).toEqual(
    new Date("2026-03-01T09:01:30.005Z"),
  );
  clock.advance({ days: 1, hours: -1 });
  expect(clock.now()).toEqual(new Date("2026-03-02T08:01:30.005Z"));
});

test("a time handed out does not move with the clock, nor the clock with it", () => {
  const clock = createClock(new Date(0));
  const before = clock.now();
  clock.advance({ seconds: 1 });
  expect(before.getTime()).toBe(0);
  before.setTime(99);
  expect(clock.now().getTime()).toBe(1_000);
});

test("what is no time is refused", () => {
  expect(() => createClock("soon")).toThrow("soon is not a time");
  const clock = createClock(new Date(0));
  expect(() => clock.advance({ seconds: Number.NaN })).toThrow("seconds");
  expect(() => clock.advance({ weeks: 1 } as never)).toThrow("weeks");
  expect(clock.now().getTime()).toBe(0);
});
