import { expect, test } from "vitest";
import { withSample, type LagSample } from "./lagSamples.ts";

test("looks that lie far apart have a hole between them, so that no line claims what nobody saw", () => {
  const samples = [1_000, 4_000, 60_000].reduce<readonly LagSample[]>(
    (earlier, at) => withSample(earlier, { at, lagMs: 5 }),
    [],
  );
  expect(samples.map(({ lagMs }) => lagMs)).toEqual([5, 5, null, 5]);
});

test("an hour of looks is kept, and two askers at the same moment count once", () => {
  let samples: readonly LagSample[] = [];
  for (let look = 0; look < 2_000; look++) samples = withSample(samples, { at: look * 3_000, lagMs: look });
  expect(samples).toHaveLength(1_200);
  expect(withSample(samples, { at: 1_999 * 3_000, lagMs: 1 })).toBe(samples);
});
