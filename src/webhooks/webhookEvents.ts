import { z } from "zod";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity, type EntityRef } from "../events/entity.ts";
import { sentence } from "../events/sentence.ts";
import { publicId } from "./publicId.ts";

// What webhooks themselves record, in the system lane. It goes out like any event, to the other endpoints of the account:
// fan-out leaves out the endpoint that an event is about (see isAbout).

/** An endpoint as the log names it: by the id that customers see. */
export const webhookEndpoint = defineEntity("webhook_endpoint", { icon: "webhook" });

/** The subject of events about an endpoint. Its URL is no label: people put tokens there. */
export function endpointSubject(uuid: string, label?: string): EntityRef<"webhook_endpoint"> {
  return webhookEndpoint(publicId("endpoint", uuid), label);
}

/** Whether an endpoint is what an event is about. To tell it of its own failure would fail again. */
export function isAbout(event: { readonly subject: EntityRef }, endpointUuid: string): boolean {
  const { type, id } = event.subject;
  return type === webhookEndpoint.entity && id === publicId("endpoint", endpointUuid);
}

export const webhookEndpointFailing = defineEvent("webhook.endpoint.failing", {
  lane: "system",
  severity: "warning",
  subject: webhookEndpoint,
  data: z.object({
    percent: z.int().min(1).max(99).describe("Of the way to being disabled."),
    failingSince: z.iso.datetime().describe("The first failure after the last success."),
    failedMessages: z.int().describe("Messages that failed since then, each counted once."),
  }),
  sentence: (e) =>
    sentence`${e.subject} has failed since ${e.data.failingSince.slice(0, 16).replace("T", " ")}`,
  description: "Nothing was delivered to an endpoint for so long that it will be disabled if that goes on.",
  example: { percent: 50, failingSince: "2026-11-20T09:30:00Z", failedMessages: 24 },
  icon: "triangle-alert",
  webhook: true,
});

export const webhookEndpointDisabled = defineEvent("webhook.endpoint.disabled", {
  lane: "system",
  severity: "error",
  subject: webhookEndpoint,
  data: z.object({
    reason: z
      .enum(["failing", "gone", "control"])
      .describe("Nothing was delivered for days; it answered 410; it asked for it in a header."),
    failingSince: z.iso.datetime().nullable().describe("The first failure after the last success."),
    failedMessages: z.int().describe("Messages that failed since then, each counted once."),
  }),
  sentence: (e) => sentence`${e.subject} was disabled: ${REASONS[e.data.reason]}`,
  description:
    "An endpoint was disabled because of how it answered. What it misses is held until it is enabled.",
  example: { reason: "failing", failingSince: "2026-11-15T09:30:00Z", failedMessages: 2_400 },
  icon: "unplug",
  webhook: true,
});

const REASONS = {
  failing: "nothing was delivered for days",
  gone: "it answered 410 Gone",
  control: "it asked to be disabled",
} as const;

/** Part of every registry when webhooks are on. */
export const webhookEvents = { webhookEndpoint, webhookEndpointFailing, webhookEndpointDisabled };
