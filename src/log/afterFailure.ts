import type { EarlierWaits } from "./slotProgress.ts";
import type { Subscription } from "./subscription.ts";

/** What becomes of events whose handler threw. */
export type Verdict =
  /** Nobody knows yet which one of them it was: each is tried alone, with its own count. */
  | { readonly next: "alone" }
  | { readonly next: "wait"; readonly retryInMs: number }
  | { readonly next: "park" }
  | { readonly next: "stop" };

const FIRST_RETRY_MS = 1_000;
/** No wait is longer. */
export const LAST_RETRY_MS = 300_000;
const UNREADABLE_RETRY_MS = 5_000;

type Policy = Pick<Subscription, "onFailure" | "maxAttempts">;

/** After the try with this number, of this many events at once. */
export function afterFailure(policy: Policy, attempts: number, events: number): Verdict {
  if (events > 1) return { next: "alone" };
  if (attempts >= policy.maxAttempts) return givenUp(policy, doubled(attempts));
  return { next: "wait", retryInMs: doubled(attempts) };
}

/** After this many tries that ended with their process: nobody was left to count their failure. */
export function afterCrashes(policy: Policy, crashes: number): Verdict | null {
  if (crashes < policy.maxAttempts || policy.onFailure === "retry") return null;
  return givenUp(policy, 0);
}

/**
 * For an event of a type or version that this process does not know, since `failingForMs`. While the slot waited for others it was
 * waited for, too: otherwise several types would hold up everything behind them one after the other. And where others like it were
 * given up, it is not waited for again.
 */
export function afterUnreadable(
  policy: Policy,
  failingForMs: number,
  unknownForMs: number,
  { alike, waitedMs }: EarlierWaits = NONE,
): Verdict {
  const retryInMs = Math.min(UNREADABLE_RETRY_MS, unknownForMs);
  const parks = policy.onFailure === "park";
  const isOver = parks ? alike || failingForMs + waitedMs >= unknownForMs : failingForMs >= unknownForMs;
  return isOver ? givenUp(policy, retryInMs) : { next: "wait", retryInMs };
}

const NONE: EarlierWaits = { alike: false, waitedMs: 0 };

function givenUp({ onFailure }: Policy, retryInMs: number): Verdict {
  return onFailure === "retry" ? { next: "wait", retryInMs } : { next: onFailure };
}

function doubled(attempts: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);
}
