import { setImmediate as nextTurn } from "node:timers/promises";

/** Long enough that turns cost nothing, short enough that a request beside it does not notice. */
const LONGEST_MS = 20;

/**
 * For loops whose length customers decide: awaited between two pieces of work, it lets everything else in the process have its turn
 * once 20 ms are over. `clock` counts milliseconds.
 */
export function createTurns(clock: () => number = () => performance.now()): () => Promise<void> {
  let since = clock();
  return async () => {
    if (clock() - since < LONGEST_MS) return;
    await nextTurn();
    since = clock();
  };
}
