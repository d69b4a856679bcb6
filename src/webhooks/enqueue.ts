import type { Queryable } from "../db/database.ts";
import type { DeliveryState } from "./deliveryState.ts";
import type { NewMessage } from "./message.ts";

/** Why there is a delivery: the log, a past event sent by hand, history for a new endpoint, a test. */
export type DeliveryOrigin = "event" | "send" | "backfill" | "test";

/** One delivery to be made. */
export interface WantedDelivery {
  /** Index of the message in the same call. */
  readonly message: number;
  /** The endpoint's uuid. */
  readonly endpoint: string;
  /** What stays in order at an ordered endpoint: the event's subject. Null: it stands in no line. */
  readonly key: string | null;
}

/** A delivery that was made. */
export interface EnqueuedDelivery {
  readonly message: string;
  readonly delivery: string;
  readonly endpoint: string;
  readonly state: DeliveryState;
}

/** Deliveries of one statement: its parameter and its locks stay small, whatever a batch of events asks for. */
const MOST_DELIVERIES = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Writes messages and their deliveries, in the caller's transaction: both are there or neither. An endpoint gets messages of its own
 * account only. Deliveries for endpoints that are disabled, or that pull, are held. Workers are woken by the commit.
 */
export async function enqueue(
  tx: Queryable,
  origin: DeliveryOrigin,
  messages: readonly NewMessage[],
  wanted: readonly WantedDelivery[],
): Promise<EnqueuedDelivery[]> {
  const made: EnqueuedDelivery[] = [];
  for (const part of partsOf(messages, wanted)) {
    const parameters = [origin, JSON.stringify(part.messages.map(messageRow)), JSON.stringify(part.wanted)];
    const [row] = await tx.query<{ enqueued: string }>(ENQUEUE, parameters, { prepare: true });
    made.push(...(JSON.parse(row!.enqueued) as EnqueuedDelivery[]));
  }
  return made;
}

/** A function of the database: see 0006_webhook_queue.sql. */
const ENQUEUE = "select tidings.enqueue_deliveries($1::text, $2::text, $3::text) as enqueued";

interface Part {
  readonly messages: NewMessage[];
  readonly wanted: WantedDelivery[];
  bytes: number;
}

/** A message stays together with its deliveries, so that it is written once. */
function partsOf(messages: readonly NewMessage[], wanted: readonly WantedDelivery[]): Part[] {
  const byMessage = messages.map((): WantedDelivery[] => []);
  for (const each of wanted) byMessage[each.message]!.push(each);
  const parts: Part[] = [];
  byMessage.forEach((deliveries, index) => {
    if (deliveries.length === 0) return; // nobody would ever read it
    const message = messages[index]!;
    const last = parts.at(-1);
    const hasRoom =
      last !== undefined &&
      last.wanted.length + deliveries.length <= MOST_DELIVERIES &&
      last.bytes + message.body.length <= MOST_BYTES;
    const part = hasRoom ? last : { messages: [], wanted: [], bytes: 0 };
    if (!hasRoom) parts.push(part);
    const at = part.messages.push(message) - 1;
    part.wanted.push(...deliveries.map((each) => ({ ...each, message: at })));
    part.bytes += message.body.length;
  });
  return parts;
}

function messageRow(message: NewMessage) {
  const { id, account, event, type, subject, subjectLabel, format, version, contentType, headers, body } =
    message;
  // Of a message that exists only its id, and what its deliveries take over, are read.
  if (id !== undefined) return { id, account, type };
  return {
    account,
    lane: event?.lane ?? null,
    event: event?.id ?? null,
    position: event?.position ?? null,
    type,
    subject,
    subjectLabel,
    format,
    version,
    contentType,
    headers,
    body: body.toString("base64"),
  };
}
