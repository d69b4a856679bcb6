import type { SubscriptionRunner } from "./subscriptions.ts";

/** Several runners as one: what the process starts, stops and waits for. */
export function allRunners(runners: readonly SubscriptionRunner[]): SubscriptionRunner {
  return {
    start: async () => {
      for (const runner of runners) await runner.start();
    },
    stop: async () => {
      await Promise.all(runners.map((runner) => runner.stop()));
    },
    caughtUp: async (position) => {
      for (const runner of runners) if (!(await runner.caughtUp(position))) return false;
      return true;
    },
  };
}
