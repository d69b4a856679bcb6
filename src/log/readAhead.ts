import { textArray, type Database, type Queryable } from "../db/database.ts";
import { positionedRows, type PositionedColumns, type PositionedRun } from "./readPositions.ts";
import { EVENT_COLUMNS } from "./storedEvent.ts";
import type { Subscription } from "./subscription.ts";

/** What a reader of the whole log asks for. */
export interface Wanted {
  /** Types as they are stored, older names among them. */
  readonly types: readonly string[];
  readonly lanes: Subscription["lanes"];
}

/**
 * Positions of one page. Reading 2,000 costs the server 18 ms of CPU and this process about as much; with pages of 250 or of
 * 4,000 this process has a sixth more to do, mostly collecting garbage (measured).
 */
const PAGE = 2_000;

/**
 * Reads much of the log in order. While one page is handled the next one is on its way, on another connection: for
 * readers that have all of history before them. At most two pages are in memory.
 */
export function createReadAhead(db: Database, wanted: Wanted): (after: number) => Promise<PositionedRun> {
  let ahead: { readonly after: number; readonly run: Promise<PositionedRun> } | undefined;
  return async (after) => {
    const reading = ahead?.after === after ? ahead.run : readWanted(db, after, PAGE, wanted);
    ahead = undefined;
    const run = await reading;
    if (run.more && db.concurrent) {
      const next = readWanted(db, run.scannedTo, PAGE, wanted);
      next.catch(() => undefined); // whoever asks for it is told
      ahead = { after: run.scannedTo, run: next };
    }
    return run;
  };
}

// See 0013_projections.sql.
const WANTED_AFTER = `
select e.pos::text as position, ${EVENT_COLUMNS}
  from (select pos, (event).* from tidings.events_of_types_after($1::bigint, $2::int, $3::text[], $4::text[])) e order by e.pos`;

/** The wanted events among the next `limit` positions. */
export async function readWanted(
  on: Queryable,
  after: number,
  limit: number,
  { types, lanes }: Wanted,
): Promise<PositionedRun> {
  const parameters = [String(after), limit, textArray(types), textArray(lanes)];
  const rows = await on.query<PositionedColumns>(WANTED_AFTER, parameters, { prepare: true });
  const scannedTo = Number(rows.at(-1)?.position ?? after);
  // Positions are dense but for what retention took: then one more read finds nothing.
  return { events: positionedRows(rows), scannedTo, more: scannedTo - after >= limit };
}
