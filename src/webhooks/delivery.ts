import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { parseEntityKey, type EntityRef } from "../events/entity.ts";
import type { DeliveryFailure } from "./complete.ts";
import type { DeliveryState } from "./deliveryState.ts";
import type { DeliveryOrigin } from "./enqueue.ts";
import type { AttemptFailure } from "./failureWords.ts";
import { publicId, uuidOf } from "./publicId.ts";

/** One message for one endpoint. */
export interface Delivery {
  readonly id: string;
  readonly endpoint: string;
  readonly message: string;
  readonly type: string;
  /** What the event happened to, as the public form shows it. Null when retention has dropped the message. */
  readonly subject: EntityRef | null;
  readonly origin: DeliveryOrigin;
  readonly state: DeliveryState;
  /** Tries so far, those by hand included. */
  readonly attempts: number;
  /** One word: of the last try, or of what ended the delivery. Null while all is well. */
  readonly failure: AttemptFailure | DeliveryFailure | null;
  /** The HTTP status of the last try. Null when none came. */
  readonly status: number | null;
  readonly createdAt: Date;
  /** When it last came to rest. */
  readonly settledAt: Date | null;
  /** Null when no try is planned, when one is under way, and while it stands behind another of its subject. */
  readonly nextTryAt: Date | null;
}

/** Columns of a delivery under the alias `d`, of its queue row under `q` and of its message under `m`: see BESIDE. */
export const DELIVERY_COLUMNS = `d.id::text, d.endpoint_id::text, d.message_id::text, d.type, m.subject, m.subject_label,
       d.origin, d.state, d.attempts, d.failure, d.status, extract(epoch from d.created_at)::float8 * 1000 as created_ms,
       extract(epoch from d.settled_at)::float8 * 1000 as settled_ms, extract(epoch from q.run_at)::float8 * 1000 as next_ms`;

// Asked for by the key alone: with `state = 0` in the condition the planner may read the index of what is due to its end.
export const BESIDE = `left join lateral (
    select case when state = 0 then run_at end as run_at from tidings.delivery_queue
     where account_id = d.account_id and delivery_id = d.id limit 1) q on true
  left join lateral (
    select subject, subject_label from tidings.messages
     where account_id = d.account_id and id = d.message_id limit 1) m on true`;

export interface DeliveryRow {
  id: string;
  endpoint_id: string;
  message_id: string;
  type: string;
  subject: string | null;
  subject_label: string | null;
  origin: DeliveryOrigin;
  state: DeliveryState;
  attempts: number;
  failure: Delivery["failure"];
  status: number | null;
  created_ms: number;
  settled_ms: number | null;
  next_ms: number | null;
}

export function delivery(row: DeliveryRow): Delivery {
  return {
    id: publicId("delivery", row.id),
    endpoint: publicId("endpoint", row.endpoint_id),
    message: publicId("message", row.message_id),
    type: row.type,
    subject: row.subject === null ? null : { ...parseEntityKey(row.subject)!, label: row.subject_label },
    origin: row.origin,
    state: row.state,
    attempts: row.attempts,
    failure: row.failure,
    status: row.status,
    createdAt: new Date(row.created_ms),
    settledAt: row.settled_ms === null ? null : new Date(row.settled_ms),
    nextTryAt: row.next_ms === null ? null : new Date(row.next_ms),
  };
}

const READ = `
select ${DELIVERY_COLUMNS}
  from tidings.deliveries d ${BESIDE}
 where d.account_id = $1 and d.id = $2::uuid`;

/** By its uuid. Throws DELIVERY_NOT_FOUND, also for a delivery of another account. */
export async function readDelivery(on: Queryable, account: string, uuid: string): Promise<Delivery> {
  const [row] = await on.query<DeliveryRow>(READ, [account, uuid]);
  if (!row) throw new TidingsError("DELIVERY_NOT_FOUND");
  return delivery(row);
}

/** The uuid in a cursor. Every list of deliveries goes by their ids. */
export function cursorUuid(cursor: string): string {
  try {
    return uuidOf("delivery", cursor);
  } catch (cause) {
    throw new TidingsError("INVALID_CURSOR", { cause });
  }
}
