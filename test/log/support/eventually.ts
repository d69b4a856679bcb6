import { setTimeout as passes } from "node:timers/promises";

/**
 * Waits until `check` returns something other than undefined and false, and returns that. For what only the database
 * can tell; fails with `what` when it does not come.
 */
export async function eventually<Result>(
  what: string,
  check: () => Promise<Result | undefined | false> | Result | undefined | false,
  withinMs = 25_000,
): Promise<Result> {
  const until = performance.now() + withinMs;
  for (;;) {
    const result = await check();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > until) throw new Error(`Did not happen within ${withinMs} ms: ${what}`);
    await passes(20);
  }
}
