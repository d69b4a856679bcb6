import { expect, test } from "vitest";
import { checkPositive } from "./checkPositive.ts";

test("a number above 0 passes", () => {
  expect(() => checkPositive("track", { flushMs: 0.5 })).not.toThrow();
});

test.each([0, -1, Number.NaN, "5" as never])(
  "%o is refused with the option's full name",
  (waitMs: number) => {
    const refusal = (name: string) =>
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(name) });
    expect(() => checkPositive("track", { waitMs })).toThrow(refusal(`track.waitMs ${waitMs} `));
    expect(() => checkPositive("", { keepDays: waitMs })).toThrow(refusal(`keepDays ${waitMs} `));
  },
);
