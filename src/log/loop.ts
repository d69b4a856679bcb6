import { AsyncLocalStorage } from "node:async_hooks";
import type { Signals } from "../signals.ts";

export interface Loop {
  start(): void;
  /** Runs the next step now instead of when its time has come; a step under way is followed by another one. */
  wake(): void;
  /** Lets the step under way finish and starts no other. */
  stop(): Promise<void>;
}

// A loop started inside a request or a transaction must not carry its context for ever.
const outsideAnyContext = AsyncLocalStorage.snapshot();

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/**
 * Repeats `step`, which returns how many milliseconds to wait before the next one. Survives whatever a step throws: it
 * is reported and tried again, at growing distances. A loop that dies silently is found days later.
 */
export function createLoop(name: string, signals: Signals, step: () => Promise<number>): Loop {
  let running: Promise<void> | undefined;
  let stopping = false;
  let woken = false;
  let endWait: (() => void) | undefined;

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, ms);
      function end(): void {
        clearTimeout(timer);
        endWait = undefined;
        resolve();
      }
      endWait = end;
    });
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping) {
      woken = false;
      let waitMs: number;
      try {
        waitMs = await step();
        failures = 0;
      } catch (error) {
        waitMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS);
        if (!stopping) signals.emit("loop.failed", { loop: name, error, retryInMs: waitMs });
        woken = false;
      }
      if (!woken && !stopping && waitMs > 0) await wait(waitMs);
    }
  }

  return {
    start: () => {
      stopping = false;
      running ??= outsideAnyContext(run);
    },
    wake: () => {
      woken = true;
      endWait?.();
    },
    stop: async () => {
      stopping = true;
      endWait?.();
      await running;
      running = undefined;
    },
  };
}
