import { useSyncExternalStore } from "react";

/** The sequencer's lag, as this page has seen it: the log keeps no history of it. */
export interface LagSample {
  readonly at: number;
  /** Null where the page did not look for a while: hidden, or without an answer. */
  readonly lagMs: number | null;
}

/** An hour of looks every three seconds. */
const KEPT = 1_200;
/** Looks that lie further apart have a hole between them, not a line. */
const HOLE_MS = 15_000;

const listeners = new Set<() => void>();
let samples: readonly LagSample[] = [];

/** Told by whatever asks for the health of the log, on any page. */
export function noteLag(at: number, lagMs: number): void {
  samples = withSample(samples, { at, lagMs });
  for (const listener of listeners) listener();
}

export function useLagSamples(): readonly LagSample[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => samples,
  );
}

export function withSample(earlier: readonly LagSample[], sample: LagSample): readonly LagSample[] {
  const last = earlier.at(-1);
  if (last && sample.at <= last.at) return earlier;
  const hole = last && sample.at - last.at > HOLE_MS ? [{ at: last.at + 1, lagMs: null }] : [];
  return [...earlier, ...hole, sample].slice(-KEPT);
}
