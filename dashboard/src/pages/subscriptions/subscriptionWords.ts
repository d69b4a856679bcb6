import type { Slot, Subscription } from "../../dashboardApi/subscriptions.ts";
import { describeDuration } from "../../shared/duration.ts";
import type { Tone } from "../../shared/ToneMark.tsx";

export interface SubscriptionWords {
  readonly tone: Tone;
  readonly word: string;
  /** Why, and what to do; null where there is nothing to do. */
  readonly advice: string | null;
}

/** A slot that is behind for less than this is simply at work. */
const SLOW_MS = 10_000;

/** The worst that any slot has to tell. */
export function subscriptionWords({ slots, behind, waitingMs }: Subscription): SubscriptionWords {
  if (slots.some(({ state }) => state === "stopped")) {
    return {
      tone: "bad",
      word: "Stopped",
      advice: "It waits for a person. Mend the cause, then resume: it goes on with the event that failed.",
    };
  }
  if (slots.some(({ failingSince }) => failingSince !== null)) {
    return {
      tone: "warn",
      word: "Failing",
      advice: "It tries again by itself, with longer and longer waits. Mend the cause.",
    };
  }
  const idle = slots.filter(({ state }) => state === "idle").length;
  if (idle > 0 && behind > 0) {
    return {
      tone: "bad",
      word: "No process runs it",
      advice:
        "Start a worker that calls tidings.subscribe() with this name before tidings.start(), or tidings.work() from a cron job.",
    };
  }
  if (idle === slots.length) return { tone: "quiet", word: "Not running", advice: null };
  if (waitingMs > SLOW_MS) return { tone: "warn", word: "Behind", advice: null };
  return { tone: "good", word: "Up to date", advice: null };
}

/** "Nothing waits", "1,204 events behind, the oldest for 3 min". */
export function lagWords({ behind, waitingMs }: Pick<Subscription, "behind" | "waitingMs">): string {
  if (behind === 0) return "Nothing waits";
  return `${eventsWords(behind)} behind, the oldest for ${describeDuration(waitingMs)}`;
}

export function eventsWords(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? "event" : "events"}`;
}

export const slotWords: Readonly<Record<Slot["state"], { readonly tone: Tone; readonly word: string }>> = {
  running: { tone: "good", word: "Running" },
  waiting: { tone: "warn", word: "Waits to try again" },
  stopped: { tone: "bad", word: "Stopped" },
  idle: { tone: "quiet", word: "No process" },
};

/** "All events", "card.moved", "card.added and card.moved", "card.added and 3 more types". */
export function takesWords({ takes }: Subscription): string {
  if (takes === null) return "Subscribed by another process";
  if (takes.types === null) return "All events";
  const [first, second, ...rest] = takes.types;
  if (first === undefined) return "Nothing";
  if (second === undefined) return first;
  return `${first} and ${rest.length === 0 ? second : `${rest.length + 1} more types`}`;
}

/** The first line of an error; the stack is there for whoever opens it. */
export function firstLine(error: string): string {
  return error.split("\n", 1)[0]!;
}
