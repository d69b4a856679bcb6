import { textArray, type Queryable } from "../db/database.ts";
import { nextState, openStates, type DeliveryState } from "./deliveryState.ts";

/** What became of deliveries that were to be sent once more, by uuid. */
export interface Requeued {
  /** In the queue now, or being sent at this moment. */
  readonly queued: readonly string[];
  /** Their message is no longer kept. Those that had come to rest undelivered are now expired. */
  readonly gone: readonly string[];
  /** In a state that allows no more sending. */
  readonly refused: readonly { readonly id: string; readonly state: DeliveryState }[];
}

/**
 * Sends deliveries of one endpoint once more, each at most once at a time: whatever else asks for the same, a retry that is
 * planned, a second click, a recovery, falls on the same row of the queue. In the caller's transaction.
 */
export async function requeue(
  tx: Queryable,
  account: string,
  endpoint: string,
  deliveries: readonly string[],
): Promise<Requeued> {
  // The endpoint first, then its deliveries in the order of their ids, as whoever completes them does: no circle.
  await tx.query(LOCK_ENDPOINT, [account, endpoint]);
  const rows = await tx.query<LockedRow>(LOCK_DELIVERIES, [account, endpoint, textArray(deliveries)]);
  const gone = rows.filter((row) => !row.kept);
  const kept = rows.filter((row) => row.kept);
  const sendable = idsOf(kept.filter((row) => nextState(row.state, "resent") !== null));
  // Those that are under way expire by the hand of the worker, which holds their rows in the queue.
  const expired = idsOf(
    gone.filter((row) => nextState(row.state, "messageGone") !== null && !isOpen(row.state)),
  );
  if (expired.length > 0) await tx.query(EXPIRE, [account, textArray(expired)]);
  if (sendable.length > 0) await tx.query(REQUEUE, [account, textArray(sendable)]);
  return {
    queued: sendable,
    gone: idsOf(gone),
    refused: kept.filter((row) => nextState(row.state, "resent") === null),
  };
}

interface LockedRow {
  id: string;
  state: DeliveryState;
  kept: boolean;
}

const LOCK_ENDPOINT = `
select from tidings.endpoint_runs where account_id = $1 and endpoint_id = $2::uuid for update`;

const LOCK_DELIVERIES = `
select d.id::text, d.state,
       exists (select from tidings.messages m where m.account_id = d.account_id and m.id = d.message_id) as kept
  from tidings.deliveries d
 where d.account_id = $1 and d.endpoint_id = $2::uuid and d.id = any ($3::text[]::uuid[])
 order by d.id for update of d`;

const EXPIRE = `
update tidings.deliveries set state = 'expired', failure = 'message_gone', troubled = true, settled_at = now()
 where account_id = $1 and id = any ($2::text[]::uuid[])`;

/** A function of the database: see 0006_webhook_queue.sql. */
const REQUEUE = "select tidings.requeue_deliveries($1::text, $2::text[]::uuid[])";

const idsOf = (rows: readonly LockedRow[]): string[] => rows.map((row) => row.id);
const isOpen = (state: DeliveryState): boolean => openStates.some((open) => open === state);
