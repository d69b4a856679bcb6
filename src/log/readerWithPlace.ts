import { TidingsError } from "../errors.ts";
import type { PositionedRun } from "./readPositions.ts";
import type { Tail } from "./tail.ts";

type Read = (after: number) => Promise<PositionedRun>;

/**
 * Reads for somebody who remembers how far it is. Where the log went back meanwhile that means nothing any more, or another event
 * later: the next read rejects with LOG_WENT_BACK, once, so that it asks the database for its place. `createRead` is called anew then,
 * because what was read ahead is gone, too.
 */
export function createReaderWithPlace(
  tail: Pick<Tail, "timesBack">,
  createRead: () => Read,
): { readonly read: Read } {
  let known = tail.timesBack();
  let read = createRead();
  return {
    read: async (after) => {
      const run = known === tail.timesBack() ? await read(after) : null;
      if (run !== null && known === tail.timesBack()) return run; // also when it went back during the read
      known = tail.timesBack();
      read = createRead();
      throw new TidingsError("LOG_WENT_BACK");
    },
  };
}
