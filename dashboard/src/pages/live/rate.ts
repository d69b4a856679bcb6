/** How many events were recorded in each of the last steps of time. */
export interface Rate {
  /** Start of a step, in milliseconds since 1970, to its count. */
  readonly steps: ReadonlyMap<number, number>;
}

export const STEP_MS = 10_000;
export const STEPS = 60;

export interface RateBar {
  readonly at: number;
  readonly count: number;
}

/** Adds moments and forgets what is older than is shown. */
export function withMoments(rate: Rate, moments: readonly number[], now: number): Rate {
  const oldest = stepOf(now) - STEPS * STEP_MS;
  const steps = new Map([...rate.steps].filter(([at]) => at >= oldest));
  for (const moment of moments) {
    const at = stepOf(moment);
    if (at >= oldest) steps.set(at, (steps.get(at) ?? 0) + 1);
  }
  return { steps };
}

/** The last ten minutes, oldest first; the last bar is still growing. */
export function barsOf(rate: Rate, now: number): readonly RateBar[] {
  const last = stepOf(now);
  return Array.from({ length: STEPS }, (_, index) => {
    const at = last - (STEPS - 1 - index) * STEP_MS;
    return { at, count: rate.steps.get(at) ?? 0 };
  });
}

/** Events a second over the last half minute. */
export function presentRate(rate: Rate, now: number): number {
  const bars = barsOf(rate, now).slice(-4);
  const elapsed = now - bars[0]!.at;
  return bars.reduce((sum, { count }) => sum + count, 0) / (elapsed / 1_000);
}

function stepOf(moment: number): number {
  return Math.floor(moment / STEP_MS) * STEP_MS;
}
