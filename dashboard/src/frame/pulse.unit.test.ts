import { expect, test } from "vitest";
import type { HealthSubscription } from "../dashboardApi/health.ts";
import { pulseOf } from "./pulse.ts";

const search: HealthSubscription = {
  name: "search",
  behind: 0,
  state: "running",
  lastError: null,
  failingSince: null,
  parked: 0,
};
const healthy = (subscription: Partial<HealthSubscription> = {}, lagMs = 12) => ({
  status: "ok" as const,
  details: { sequencer: { lastPosition: 128_412, lagMs }, subscriptions: [{ ...search, ...subscription }] },
});

test("a system that is well is green and names its last position, also in the middle of a batch", () => {
  expect(pulseOf(healthy())).toEqual({ tone: "good", word: "live", position: 128_412, causes: [] });
  expect(pulseOf(healthy({ behind: 400 })).tone).toBe("good");
});

test("late positions are amber with the seconds and the cause", () => {
  const { tone, word, causes } = pulseOf(healthy({}, 3_200));
  expect([tone, word]).toEqual(["warn", "3.2 s behind"]);
  expect(causes).toEqual([expect.objectContaining({ command: "npx tidings doctor" })]);
});

test("a subscription that fails, that nobody runs or that is far behind is amber", () => {
  for (const late of [
    {
      state: "waiting",
      behind: 3,
      lastError: "Error: no index\n  at search.ts",
      failingSince: "2026-11-20T10:00:00Z",
    },
    { state: "idle", behind: 3 },
    { behind: 20_000 },
  ] as const) {
    expect(pulseOf(healthy(late)).tone, JSON.stringify(late)).toBe("warn");
  }
  const [cause] = pulseOf(
    healthy({ state: "waiting", behind: 1, lastError: "Error: no index\n  at x" }),
  ).causes;
  expect(cause!.what).toBe("The subscription search is 1 event behind: Error: no index");
});

test("a stopped subscription is red before anything that is merely late", () => {
  const { tone, word, causes } = pulseOf(healthy({ state: "stopped", behind: 9 }, 3_200));
  expect([tone, word]).toEqual(["bad", "stopped"]);
  expect(causes[0]!.what).toContain("search has stopped, 9 behind");
});

test("each state that is not well says what to do", () => {
  for (const status of [
    "sequencer_late",
    "schema_missing",
    "schema_outdated",
    "schema_newer",
    "database_unreachable",
  ] as const) {
    const { tone, causes } = pulseOf({ status });
    expect(tone).toBe("bad");
    expect(causes[0]!.fix).not.toBe("");
  }
});

test("who is no operator sees that it is live, and no position of the whole log", () => {
  expect(pulseOf({ status: "ok" })).toEqual({ tone: "good", word: "live", position: null, causes: [] });
});
