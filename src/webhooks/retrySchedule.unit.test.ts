import { describe, expect, test } from "vitest";
import { schedules } from "./endpoint.ts";
import { nextDelayMs } from "./retrySchedule.ts";

const delays = (schedule: readonly number[], jitter: number, random: () => number) =>
  schedule.map((_, step) => nextDelayMs(schedule, step, jitter, random));

describe("case 17: the retry schedule", () => {
  test("makes ten tries in 75 hours and 35 minutes, as Standard Webhooks says", () => {
    const waits = delays(schedules.standard, 0, Math.random);
    expect(waits).toEqual(
      [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, null].map((s) => s && s * 1_000),
    );
    expect(waits.reduce<number>((sum, ms) => sum + (ms ?? 0), 0)).toBe(((75 * 60 + 35) * 60 + 5) * 1_000);
  });

  test("adds at most the jitter and never comes early", () => {
    expect(delays([0, 5, 300], 0.2, () => 0)).toEqual([5_000, 300_000, null]);
    expect(delays([0, 5, 300], 0.2, () => 0.999_999)).toEqual([6_000, 360_000, null]);
  });

  test("with nothing in it means one try", () => {
    expect(nextDelayMs([], 0, 0.2)).toBeNull();
    expect(nextDelayMs([0], 0, 0.2)).toBeNull();
  });
});
