import { randomUUID } from "node:crypto";
import type { Queryable } from "../../src/db/database.ts";
import { textArray } from "../../src/db/database.ts";
import type { DeliveryState } from "../../src/webhooks/deliveryState.ts";
import { parseExpression } from "../../src/webhooks/expression.ts";
import { publicId } from "../../src/webhooks/publicId.ts";
import { uuid7At } from "./rawEvents.ts";

// Rows of the webhook tables by plain INSERTs, for tests of what reads and repairs them.

export interface RawEndpoint {
  account?: string | undefined;
  id?: string | undefined;
  types?: readonly string[] | undefined;
  status?: "enabled" | "disabled" | "deleted" | undefined;
  reason?: string | undefined;
  delivery?: "push" | "pull" | undefined;
  format?: string | undefined;
  payloadVersion?: number | undefined;
  /** As it was written. */
  filter?: string | undefined;
  ordered?: boolean | undefined;
  /** Sealed ones, as JSON. */
  secrets?: string | undefined;
}

/** Returns the endpoint's uuid. */
export async function insertEndpoint(on: Queryable, endpoint: RawEndpoint = {}): Promise<string> {
  const {
    account = "acme",
    id = randomUUID(),
    types = ["*"],
    status = "enabled",
    delivery = "push",
  } = endpoint;
  await on.query(
    `insert into tidings.endpoints (account_id, id, url, types, status, status_reason, delivery, format, scheme, secrets, schedule,
                                    payload_version, filter)
     values ($1, $2::text::uuid, 'https://example.com/hook', $3::text[], $4, $5, $6, $7, 'standard', $8::text::jsonb, '{0,5}',
             $9::int, $10::text::jsonb)`,
    [
      account,
      id,
      textArray(types),
      status,
      endpoint.reason ?? null,
      delivery,
      endpoint.format ?? "standard",
      endpoint.secrets ?? "[]",
      endpoint.payloadVersion ?? 1,
      endpoint.filter === undefined ? null : JSON.stringify(parseExpression(endpoint.filter)),
    ],
  );
  await on.query(
    `insert into tidings.endpoint_runs (account_id, endpoint_id, active, ordered) values ($1, $2::text::uuid, $3, $4)`,
    [account, id, status === "enabled" && delivery === "push", endpoint.ordered ?? false],
  );
  return id;
}

export interface RawMessage {
  account?: string | undefined;
  id?: string | undefined;
  event?: string | undefined;
  type?: string | undefined;
  subject?: string | undefined;
  subjectLabel?: string | null | undefined;
  body?: string | undefined;
}

/** Returns the message's uuid. */
export async function insertMessage(on: Queryable, message: RawMessage = {}): Promise<string> {
  const { account = "acme", id = uuid7At(Date.now()), type = "card.moved", body = "{}" } = message;
  await on.query(
    `insert into tidings.messages (account_id, id, lane, event_id, position, type, subject, subject_label, format, version, content_type,
                                   body, created_at)
     values ($1, $2::text::uuid, 'domain', $3::text::uuid, 1, $4, $6, $7, 'standard', 1, 'application/json', convert_to($5, 'utf8'), now())`,
    [
      account,
      id,
      message.event ?? randomUUID(),
      type,
      body,
      message.subject ?? "card:1",
      message.subjectLabel ?? null,
    ],
  );
  return id;
}

export interface RawDelivery {
  account?: string | undefined;
  id?: string | undefined;
  endpoint: string;
  /** Default: one is made, of the same time. */
  message?: string | undefined;
  type?: string | undefined;
  origin?: string | undefined;
  state?: DeliveryState | undefined;
  failure?: string | null | undefined;
  attempts?: number | undefined;
  /** When it was made, in milliseconds since 1970. */
  at?: number | undefined;
  /** When its next try is due, for one that is under way. Default: now. */
  runAt?: Date | undefined;
}

/** Writes a delivery, and its row in the queue where its state has one. Returns its uuid. */
export async function insertDelivery(on: Queryable, delivery: RawDelivery): Promise<string> {
  const {
    account = "acme",
    endpoint,
    type = "card.moved",
    origin = "event",
    state = "failed",
    at = Date.now(),
  } = delivery;
  const id = delivery.id ?? uuid7At(at);
  const message = delivery.message ?? (await insertMessage(on, { account, type, id: uuid7At(at) }));
  const isOpen = state === "pending" || state === "retrying";
  const attempts = delivery.attempts ?? 0;
  await on.query(
    `insert into tidings.deliveries (account_id, id, endpoint_id, message_id, type, origin, state, troubled, attempts, failure, created_at, settled_at)
     values ($1, $2::text::uuid, $3::text::uuid, $4::text::uuid, $5, $6, $7, $8, $9::int, $10,
             to_timestamp($11::float8 / 1000), case when $12 then null else now() end)`,
    [
      account,
      id,
      endpoint,
      message,
      type,
      origin,
      state,
      !["pending", "delivered"].includes(state),
      attempts,
      delivery.failure ?? null,
      at,
      isOpen,
    ],
  );
  if (isOpen) {
    await on.query(
      `insert into tidings.delivery_queue (account_id, delivery_id, endpoint_id, message_id, state, run_at, step, attempts)
       values ($1, $2::text::uuid, $3::text::uuid, $4::text::uuid, 0, coalesce(to_timestamp($5::float8 / 1000), now()), $6::int, $7::int)`,
      [
        account,
        id,
        endpoint,
        message,
        delivery.runAt?.getTime() ?? null,
        state === "retrying" ? 1 : 0,
        attempts,
      ],
    );
  }
  return id;
}

export interface RawAttempt {
  account?: string | undefined;
  delivery: string;
  endpoint: string;
  number?: number | undefined;
  status?: number | null | undefined;
  failure?: string | null | undefined;
  responseBody?: Buffer | undefined;
}

export async function insertAttempt(on: Queryable, attempt: RawAttempt): Promise<void> {
  const {
    account = "acme",
    delivery,
    endpoint,
    number = 1,
    status = null,
    failure = null,
    responseBody,
  } = attempt;
  await on.query(
    `insert into tidings.attempts (account_id, delivery_id, number, endpoint_id, url, started_at, duration_ms, status, failure,
                                   request_headers, response_headers, response_body)
     values ($1, $2::text::uuid, $3::int, $4::text::uuid, 'https://example.com/hook', now(), 12, $5::int, $6,
             '{"webhook-id":"msg_1"}', '{"content-type":"text/plain"}', decode($7, 'base64'))`,
    [account, delivery, number, endpoint, status, failure, responseBody?.toString("base64") ?? null],
  );
}

export const endpointId = (uuid: string): string => publicId("endpoint", uuid);
export const deliveryId = (uuid: string): string => publicId("delivery", uuid);

export interface QueueRow {
  id: string;
  state: number;
  step: number;
  attempts: number;
  due: boolean;
}

export async function queueRows(on: Queryable, account = "acme"): Promise<QueueRow[]> {
  return on.query<QueueRow>(
    `select delivery_id::text as id, state::int, step::int, attempts, run_at <= clock_timestamp() as due
       from tidings.delivery_queue where account_id = $1 order by delivery_id`,
    [account],
  );
}

export async function stateOf(
  on: Queryable,
  delivery: string,
  account = "acme",
): Promise<string | undefined> {
  const [row] = await on.query<{ state: string }>(
    "select state from tidings.deliveries where account_id = $1 and id = $2::text::uuid",
    [account, delivery],
  );
  return row?.state;
}
