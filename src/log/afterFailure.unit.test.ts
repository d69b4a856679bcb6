import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterCrashes, afterFailure, afterUnreadable } from "./afterFailure.ts";

const policies = ["park", "stop", "retry"] as const;

describe("after a failure", () => {
  test("waits double from one second to five minutes: ten tries take eight and a half minutes", () => {
    const waits = Array.from({ length: 10 }, (_, index) =>
      afterFailure({ onFailure: "retry", maxAttempts: 1 }, index + 1, 1),
    ).map((verdict) => (verdict.next === "wait" ? verdict.retryInMs / 1_000 : Number.NaN));
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    const tenTries = waits.slice(0, 9).reduce((sum, wait) => sum + wait);
    expect(tenTries / 60).toBeCloseTo(8.5, 1);
  });

  test("a batch is taken apart, whatever the policy and the count", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...policies),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 2 }),
        (onFailure, max, attempts, events) => {
          expect(afterFailure({ onFailure, maxAttempts: max }, attempts, events)).toEqual({ next: "alone" });
        },
      ),
    );
  });

  test("a single event is given up by the try with the number maxAttempts, and by none before", () => {
    for (const onFailure of ["park", "stop"] as const) {
      const policy = { onFailure, maxAttempts: 3 };
      expect([1, 2, 3, 4].map((attempts) => afterFailure(policy, attempts, 1).next)).toEqual([
        "wait",
        "wait",
        onFailure,
        onFailure,
      ]);
    }
  });

  test("`retry` never gives up, and its waits stay finite", () => {
    const policy = { onFailure: "retry" as const, maxAttempts: 1 };
    expect(afterFailure(policy, 5_000, 1)).toEqual({ next: "wait", retryInMs: 300_000 });
    expect(afterCrashes(policy, 5_000)).toBeNull();
    expect(afterUnreadable(policy, 1e9, 900_000)).toEqual({ next: "wait", retryInMs: 5_000 });
  });
});

test("an event is tried again until its tries ended the process maxAttempts times", () => {
  const policy = { onFailure: "park" as const, maxAttempts: 2 };
  expect([0, 1, 2, 3].map((crashes) => afterCrashes(policy, crashes)?.next)).toEqual([
    undefined,
    undefined,
    "park",
    "park",
  ]);
});

test("what this process cannot read waits for one that can, and is given up when none came in time", () => {
  const policy = { onFailure: "stop" as const, maxAttempts: 1 };
  expect(afterUnreadable(policy, 0, 900_000)).toEqual({ next: "wait", retryInMs: 5_000 });
  expect(afterUnreadable(policy, 899_999, 900_000)).toEqual({ next: "wait", retryInMs: 5_000 });
  expect(afterUnreadable(policy, 900_000, 900_000)).toEqual({ next: "stop" });
  const waited = { alike: false, waitedMs: 600_000 };
  expect(afterUnreadable({ ...policy, onFailure: "park" }, 299_999, 900_000, waited).next).toBe("wait");
  expect(afterUnreadable({ ...policy, onFailure: "park" }, 300_000, 900_000, waited).next).toBe("park");
  expect(afterUnreadable(policy, 300_000, 900_000, waited).next, "nothing was parked under it").toBe("wait");
  expect(afterUnreadable(policy, 0, 100), "looks again when the time is over").toEqual({
    next: "wait",
    retryInMs: 100,
  });
});
