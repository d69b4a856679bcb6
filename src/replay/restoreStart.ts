import { TidingsError } from "../errors.ts";
import type { keptPositions } from "../log/readPositions.ts";
import type { Projection } from "./defineProjection.ts";
import { inProjection, type ProjectionCall } from "./inProjection.ts";

type KeptPositions = Awaited<ReturnType<typeof keptPositions>>;

/**
 * Fills empty tables with what was before the log begins, and returns the position that this is of: 0 where all of the log is
 * kept. Throws REPLAY_PRUNED where it is not and the projection cannot restore it: it would be wrong for ever.
 */
export async function restoreStart(
  projection: Projection,
  call: ProjectionCall,
  kept: KeptPositions,
): Promise<number> {
  const { restore } = projection;
  if (kept.first === 1 || kept.last === 0) return 0;
  if (!restore) throw pruned(projection, kept);
  await inProjection(projection, call, (context) => restore(context, { firstPosition: kept.first }));
  return kept.first - 1;
}

export function pruned({ name }: Projection, { first }: KeptPositions): TidingsError {
  return new TidingsError("REPLAY_PRUNED", {
    detail: `Projection "${name}": the log begins at position ${first}`,
  });
}
