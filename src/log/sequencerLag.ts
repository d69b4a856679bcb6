import type { Queryable } from "../db/database.ts";
import { MOVED, ofSequencer } from "./sequencerRow.ts";

export interface SequencerLag {
  readonly lastPosition: number;
  /**
   * For how long the oldest committed event without a position has waited; 0 when all have one. Of a log that was moved to another
   * cluster, and whose order is not repaired: since the last tick before that.
   */
  readonly lagMs: number;
}

/**
 * Waiting since it was recorded, but not longer than since the last tick: what a long transaction has just committed is
 * old and yet was not kept waiting. Looks at ids of the last day, as the tick does, so that few partitions are opened.
 *
 * The snapshot of a log that was moved tells nothing about what waits: where the counter of transaction ids is behind, all seems seen.
 */
const LAG = `
select q.last_position::text as position,
       case when ${MOVED} then extract(epoch from clock_timestamp() - q.ticked_at)::float8 * 1000
            when waiting.since is null then 0
            else extract(epoch from clock_timestamp() - greatest(q.ticked_at, waiting.since))::float8 * 1000 end as lag_ms
  from tidings.sequencer_now q
 cross join lateral (
    select tidings.uuid7_time(min(e.id::text)::uuid) as since
      from tidings.events e
     where e.xid >= pg_snapshot_xmin(q.snapshot) and not pg_visible_in_snapshot(e.xid, q.snapshot)
       and e.seq > q.floor_seq and e.id >= tidings.uuid7_floor(now() - interval '1 day')) waiting`;

export async function sequencerLag(on: Queryable): Promise<SequencerLag> {
  const rows = await on.query<{ position: string; lag_ms: number }>(LAG);
  const { position, lag_ms } = ofSequencer(rows);
  return { lastPosition: Number(position), lagMs: Math.max(0, Math.round(lag_ms)) };
}
