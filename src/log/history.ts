import type { Database } from "../db/database.ts";
import { readAfter, type ContinuedRun } from "./readPositions.ts";

/** Reads old events in blocks that all readers of the process share. */
export interface History {
  /** The events after a position, up to the end of its block at most. */
  read(after: number): Promise<ContinuedRun>;
  /** The same as the log is now: asks the database in any case. Whoever comes later finds what it found. */
  readAnew(after: number): Promise<ContinuedRun>;
  /** The log may be another one now, an earlier state of this one: nothing that was read before is told any more. */
  forget(): void;
}

const BLOCK = 500;
/** Blocks kept for readers that come a little later: of 64 slots that catch up, all are rarely at one block. */
const KEPT_BLOCKS = 8;

/**
 * Slots that catch up read the same events. Reads end where a block of 500 positions ends, so that readers that began
 * at different places soon ask for the same ones, and the database is asked once for all of them.
 */
export function createHistory(db: Database): History {
  const kept = new Map<number, Promise<ContinuedRun>>();

  async function readAnew(after: number): Promise<ContinuedRun> {
    const reading = readAfter(db, after, BLOCK - (after % BLOCK));
    kept.set(after, reading);
    const forget = () => {
      if (kept.get(after) === reading) kept.delete(after);
    };
    try {
      const run = await reading;
      if (!run.more)
        forget(); // the end of the log as it was: the next reader must look again
      else if (kept.size > KEPT_BLOCKS) kept.delete(kept.keys().next().value!);
      return run;
    } catch (error) {
      forget();
      throw error;
    }
  }

  return { read: async (after) => kept.get(after) ?? readAnew(after), readAnew, forget: () => kept.clear() };
}
