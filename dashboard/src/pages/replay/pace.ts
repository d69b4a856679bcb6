import type { ReplayProgress } from "../../dashboardApi/replays.ts";

export interface Pace {
  /** From 0 to 1; null before its end is known. */
  readonly share: number | null;
  /** Events a second since it began; null while there is too little to tell. */
  readonly perSecond: number | null;
  /** As if it went on like this. */
  readonly leftMs: number | null;
}

/** Below this a rate is mostly the start. */
const SETTLED_MS = 2_000;
const SETTLED_SHARE = 0.02;

/** From the beginning and not between two looks, so that whoever comes back reads the same as whoever stayed. */
export function paceOf({ events, position, lastPosition }: ReplayProgress, elapsedMs: number): Pace {
  const share = lastPosition === 0 ? null : Math.min(1, position / lastPosition);
  const isSettled = elapsedMs >= SETTLED_MS;
  return {
    share,
    perSecond: isSettled && events > 0 ? (events * 1_000) / elapsedMs : null,
    leftMs:
      isSettled && share !== null && share >= SETTLED_SHARE && share < 1
        ? Math.max(1_000, (elapsedMs / share) * (1 - share))
        : null,
  };
}
