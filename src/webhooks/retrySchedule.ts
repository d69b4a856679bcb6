/**
 * How long to wait after the try at place `step` of a schedule; null when it was the last. Between 0 and `jitter` is added, never
 * taken away: receivers that went down together shall not be asked together, and none is asked early.
 */
export function nextDelayMs(
  schedule: readonly number[],
  step: number,
  jitter: number,
  random: () => number = Math.random,
): number | null {
  const seconds = schedule[step + 1];
  return seconds === undefined ? null : Math.ceil(seconds * 1_000 * (1 + jitter * random()));
}
