import { expect, test } from "vitest";
import type { Slot, Subscription } from "../../dashboardApi/subscriptions.ts";
import { lagWords, subscriptionWords, takesWords } from "./subscriptionWords.ts";

const slot = (changes: Partial<Slot> = {}): Slot => ({
  slot: 0,
  position: 10,
  behind: 0,
  state: "running",
  owner: "worker:1",
  attempts: 0,
  lastError: null,
  failingSince: null,
  retryAt: null,
  ...changes,
});

const subscription = (changes: Partial<Subscription> = {}): Subscription => ({
  name: "search",
  behind: 0,
  waitingMs: 0,
  parked: 0,
  takes: null,
  slots: [slot()],
  ...changes,
});

test.each<[expected: string, tone: string, Partial<Subscription>]>([
  ["Up to date", "good", {}],
  ["Up to date", "good", { behind: 3, waitingMs: 40 }],
  ["Behind", "warn", { behind: 9_000, waitingMs: 60_000 }],
  ["Not running", "quiet", { slots: [slot({ state: "idle", owner: null })] }],
  ["No process runs it", "bad", { behind: 1, waitingMs: 5, slots: [slot(), slot({ state: "idle" })] }],
  ["Failing", "warn", { slots: [slot(), slot({ state: "waiting", failingSince: "2026-11-21T00:00:00Z" })] }],
  ["Stopped", "bad", { slots: [slot({ failingSince: "2026-11-21T00:00:00Z" }), slot({ state: "stopped" })] }],
])("the worst that a slot has to tell is what the subscription is: %s", (word, tone, changes) => {
  expect(subscriptionWords(subscription(changes))).toMatchObject({ word, tone });
});

test("the lag is told in events and in time", () => {
  expect(lagWords({ behind: 0, waitingMs: 0 })).toBe("Nothing waits");
  expect(lagWords({ behind: 1, waitingMs: 90_000 })).toBe("1 event behind, the oldest for 1 min 30 s");
});

test("what it takes is named while it is short", () => {
  const takes = (types: readonly string[] | null) =>
    takesWords(subscription({ takes: { types, lanes: ["domain"], onFailure: "park" } }));
  expect(takes(null)).toBe("All events");
  expect(takes(["a.b"])).toBe("a.b");
  expect(takes(["a.b", "c.d"])).toBe("a.b and c.d");
  expect(takes(["a.b", "c.d", "e.f"])).toBe("a.b and 2 more types");
  expect(takesWords(subscription())).toBe("Subscribed by another process");
});
