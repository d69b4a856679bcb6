import { z } from "@hono/zod-openapi";
import { lanes } from "../events/defineEvent.ts";
import type { Attempt } from "../webhooks/attempts.ts";
import type { DeliveryDetails } from "../webhooks/deliveries.ts";
import type { Delivery } from "../webhooks/delivery.ts";
import { deliveryStates } from "../webhooks/deliveryState.ts";
import { payloadFormats } from "../webhooks/endpoint.ts";
import type { Message } from "../webhooks/message.ts";
import { entitySchema } from "./entitySchema.ts";

const deliveryShape = {
  id: z.string(),
  endpoint: z.string(),
  message: z.string().openapi({ description: "What the receiver gets as `webhook-id`, on every attempt." }),
  type: z.string().openapi({ example: "card.moved" }),
  subject: entitySchema
    .nullable()
    .openapi({ description: "What the event happened to. Null when retention has dropped the message." }),
  origin: z.enum(["event", "send", "backfill", "test"]),
  state: z.enum(deliveryStates),
  attempts: z.number().int(),
  failure: z.string().nullable().openapi({
    description: "One word: `status`, `timeout`, `dns`, `connect`, `refused_address`, …",
    example: "timeout",
  }),
  status: z.number().int().nullable().openapi({ description: "HTTP, of the last attempt." }),
  createdAt: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
  nextTryAt: z.iso.datetime().nullable(),
};

export const deliverySchema = z.object(deliveryShape).openapi("Delivery");

const headersSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

const attemptSchema = z
  .object({
    number: z.number().int(),
    url: z.string().openapi({ description: "As it was then." }),
    startedAt: z.iso.datetime(),
    durationMs: z.number(),
    status: z.number().int().nullable(),
    failure: z.string().nullable(),
    detail: z.string().nullable(),
    requestHeaders: headersSchema.openapi({ description: "Secrets and signatures are left out." }),
    responseHeaders: headersSchema.nullable(),
    responseBody: z.string().nullable().openapi({ description: "Its beginning, at most 16 KiB." }),
    responseBodyEncoding: z.enum(["utf8", "base64"]).openapi({ description: "base64 where it is no text." }),
    truncated: z.boolean(),
  })
  .openapi("Attempt");

const messageSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    subject: z.string(),
    subjectLabel: z.string().nullable(),
    event: z
      .object({ lane: z.enum(lanes), id: z.string(), position: z.number().int() })
      .nullable()
      .openapi({ description: "Null for a test." }),
    format: z.enum(payloadFormats),
    version: z.number().int(),
    contentType: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().openapi({ description: "What is signed and sent, byte for byte." }),
    createdAt: z.iso.datetime(),
  })
  .openapi("Message");

export const deliveryDetailsSchema = z
  .object({
    ...deliveryShape,
    content: messageSchema
      .nullable()
      .openapi({ description: "The message. Null when retention has dropped it." }),
    history: z.array(attemptSchema).openapi({ description: "The last 100 attempts, the newest last." }),
  })
  .openapi("DeliveryDetails");

export function deliveryDetailsJson(details: DeliveryDetails): z.infer<typeof deliveryDetailsSchema> {
  return {
    ...deliveryJson(details),
    content: details.content && messageJson(details.content),
    history: details.history.map(attemptJson),
  };
}

/** Field by field, so that nothing is shown that this file does not name. */
export function deliveryJson(delivery: Delivery): z.infer<typeof deliverySchema> {
  return {
    id: delivery.id,
    endpoint: delivery.endpoint,
    message: delivery.message,
    type: delivery.type,
    subject: delivery.subject,
    origin: delivery.origin,
    state: delivery.state,
    attempts: delivery.attempts,
    failure: delivery.failure,
    status: delivery.status,
    createdAt: delivery.createdAt.toISOString(),
    settledAt: delivery.settledAt?.toISOString() ?? null,
    nextTryAt: delivery.nextTryAt?.toISOString() ?? null,
  };
}

function messageJson(message: Message): z.infer<typeof messageSchema> {
  return {
    id: message.id,
    type: message.type,
    subject: message.subject,
    subjectLabel: message.subjectLabel,
    event: message.event,
    format: message.format,
    version: message.version,
    contentType: message.contentType,
    headers: { ...message.headers },
    body: message.body.toString(),
    createdAt: message.createdAt.toISOString(),
  };
}

function attemptJson(attempt: Attempt): z.infer<typeof attemptSchema> {
  return {
    number: attempt.number,
    url: attempt.url,
    startedAt: attempt.startedAt.toISOString(),
    durationMs: attempt.durationMs,
    status: attempt.status,
    failure: attempt.failure,
    detail: attempt.detail,
    requestHeaders: headersJson(attempt.requestHeaders),
    responseHeaders: attempt.responseHeaders && headersJson(attempt.responseHeaders),
    ...bodyJson(attempt.responseBody),
    truncated: attempt.truncated,
  };
}

function headersJson(headers: Attempt["requestHeaders"]): z.infer<typeof headersSchema> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
  );
}

/** A receiver answers with what it likes: pictures, cut characters, compressed bytes. */
function bodyJson(
  body: Buffer | null,
): Pick<z.infer<typeof attemptSchema>, "responseBody" | "responseBodyEncoding"> {
  const text = body?.toString() ?? null;
  return body === null || Buffer.from(text!).equals(body)
    ? { responseBody: text, responseBodyEncoding: "utf8" }
    : { responseBody: body.toString("base64"), responseBodyEncoding: "base64" };
}
