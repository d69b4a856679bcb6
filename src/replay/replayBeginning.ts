import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { keptPositions } from "../log/readPositions.ts";
import type { CheckedReplay } from "./replayChecks.ts";

/** Throws REPLAY_PRUNED when the log does not reach back to where the replay begins. */
export async function checkKept(log: Queryable, { after }: CheckedReplay): Promise<void> {
  const { first, last } = await keptPositions(log);
  if (first <= after + 1) return;
  throw new TidingsError("REPLAY_PRUNED", {
    detail:
      first > last
        ? `The log keeps nothing up to position ${last}`
        : `The log begins at position ${first}, the replay at ${after + 1}`,
  });
}

export function prunedAt(position: number): TidingsError {
  return new TidingsError("REPLAY_PRUNED", { detail: `The event at position ${position} is no longer kept` });
}
