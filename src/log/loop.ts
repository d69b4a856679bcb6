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
  let run: Run | undefined;
  return {
    start: () => {
      if (run && !run.stopping()) return;
      const before = run?.ended;
      run = outsideAnyContext(() => startRun(name, signals, step, before));
    },
    wake: () => run?.wake(),
    stop: async () => {
      run?.stop();
      await run?.ended;
    },
  };
}

/** What lies between one start and the stop that belongs to it: a loop may be started again while it is stopping. */
interface Run {
  readonly stopping: () => boolean;
  readonly wake: () => void;
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

function startRun(
  name: string,
  signals: Signals,
  step: () => Promise<number>,
  before: Promise<void> | undefined,
): Run {
  let stopping = false;
  let woken = false;
  let endWait: (() => void) | undefined;
  let deaf = false;

  async function repeat(): Promise<void> {
    await before; // two runs must not be in a step at once
    let failures = 0;
    while (!stopping) {
      woken = false;
      try {
        const waitMs = await step();
        failures = 0;
        await wait(waitMs);
      } catch (error) {
        const retryInMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS);
        if (stopping) return;
        signals.emit("loop.failed", { loop: name, error, retryInMs });
        // Whoever wakes a failing loop 50 times a second must not make it fail 50 times a second.
        woken = false;
        deaf = true;
        await wait(FIRST_RETRY_MS);
        deaf = false;
        await wait(retryInMs - FIRST_RETRY_MS);
      }
    }
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      // Even without a pause others get their turn: a step on PGlite may never leave the microtasks.
      if (stopping || ms <= 0 || (woken && !deaf)) return void setImmediate(resolve);
      const timer = setTimeout(end, ms);
      function end(): void {
        clearTimeout(timer);
        endWait = undefined;
        resolve();
      }
      endWait = end;
    });
  }

  return {
    ended: repeat(),
    stopping: () => stopping,
    wake: () => {
      woken = true;
      if (!deaf) endWait?.();
    },
    stop: () => {
      stopping = true;
      endWait?.();
    },
  };
}
