import { sqlStateOf } from "../db/sqlState.ts";
import { TidingsError } from "../errors.ts";

/**
 * Of a row of `tidings.sequencer_now`: it counts with the transaction ids of another cluster, and gives no positions until it is repaired.
 * As `tidings.tick()` finds it.
 */
export const MOVED = `(coalesce(system_identifier <> tidings.cluster_identifier(), false)
         or pg_snapshot_xmax(snapshot) > pg_snapshot_xmax(pg_current_snapshot()))`;

/** The first row of a statement that reads `tidings.sequencer_now`. Throws SEQUENCER_MISSING where there is none. */
export function ofSequencer<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new TidingsError("SEQUENCER_MISSING");
  return row;
}

const NO_DATA_FOUND = "P0002";

/** What `tidings.tick()` and its siblings give: they read the row for themselves. Throws SEQUENCER_MISSING. */
export async function bySequencer<Result>(asked: Promise<Result>): Promise<Result> {
  try {
    return await asked;
  } catch (cause) {
    throw sqlStateOf(cause) === NO_DATA_FOUND ? new TidingsError("SEQUENCER_MISSING", { cause }) : cause;
  }
}
