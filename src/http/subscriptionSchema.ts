import { z } from "@hono/zod-openapi";
import { lanes } from "../events/defineEvent.ts";
import type { ParkedEvent } from "../log/parkedEvents.ts";
import type { RegisteredSubscription } from "../log/subscriptions.ts";
import type { SubscriptionState } from "../log/subscriptionStates.ts";

export const slotSchema = z
  .object({
    slot: z.number().int(),
    position: z.number().int().openapi({ description: "Everything up to here is handled." }),
    behind: z.number().int(),
    state: z.enum(["running", "waiting", "stopped", "idle"]).openapi({
      description: "`waiting`: the last try failed, `retryAt` is the next. `idle`: no process runs it.",
    }),
    owner: z.string().nullable().openapi({ description: "The process that runs it." }),
    attempts: z.number().int(),
    lastError: z.string().nullable(),
    failingSince: z.iso.datetime().nullable(),
    retryAt: z.iso.datetime().nullable(),
  })
  .openapi("SubscriptionSlot");

export const subscriptionSchema = z
  .object({
    name: z.string(),
    behind: z.number().int().openapi({ description: "How many positions the slowest slot lies behind." }),
    waitingMs: z.number().openapi({ description: "How long its next event has been in the log; 0: none." }),
    parked: z.number().int(),
    takes: z
      .object({
        types: z.array(z.string()).nullable().openapi({ description: "Null: all types." }),
        lanes: z.array(z.enum(lanes)),
        onFailure: z.enum(["park", "stop", "retry"]),
      })
      .nullable()
      .openapi({ description: "Null where another process subscribes and the one that answers does not." }),
    slots: z.array(slotSchema),
  })
  .openapi("Subscription");

export const parkedPageSchema = z
  .object({
    items: z.array(
      z
        .object({
          position: z.number().int(),
          slot: z.number().int(),
          account: z.string(),
          lane: z.enum(lanes),
          id: z.string().openapi({ description: "Of the event." }),
          type: z.string(),
          error: z.string().openapi({ description: "Of the last try, with its stack." }),
          attempts: z.number().int(),
          parkedAt: z.iso.datetime(),
          retryRequested: z.boolean().openapi({ description: "Another try is asked for and not yet made." }),
        })
        .openapi("ParkedEvent"),
    ),
    next: z.number().int().nullable().openapi({ description: "Pass as `after`; null at the end." }),
  })
  .openapi("ParkedPage");

export function subscriptionJson(subscription: {
  readonly name: string;
  readonly slots: readonly SubscriptionState[];
  readonly slowest: SubscriptionState;
  readonly waitingMs: number;
  readonly registered: RegisteredSubscription | null;
}): z.infer<typeof subscriptionSchema> {
  const { name, slots, slowest, waitingMs, registered } = subscription;
  return {
    name,
    behind: slowest.behind,
    waitingMs: Math.round(waitingMs),
    parked: slowest.parked,
    takes: registered && {
      types: registered.types && [...registered.types],
      lanes: [...registered.lanes],
      onFailure: registered.onFailure,
    },
    slots: slots.map(slotJson),
  };
}

export function slotJson(state: SubscriptionState): z.infer<typeof slotSchema> {
  return {
    slot: state.slot,
    position: state.position,
    behind: state.behind,
    state: state.state,
    owner: state.owner,
    attempts: state.attempts,
    lastError: state.lastError,
    failingSince: state.failingSince?.toISOString() ?? null,
    retryAt: state.retryAt?.toISOString() ?? null,
  };
}

export function parkedJson(parked: ParkedEvent): z.infer<typeof parkedPageSchema>["items"][number] {
  return {
    position: parked.position,
    slot: parked.slot,
    account: parked.account,
    lane: parked.lane,
    id: parked.id,
    type: parked.type,
    error: parked.error,
    attempts: parked.attempts,
    parkedAt: parked.parkedAt.toISOString(),
    retryRequested: parked.retryRequested,
  };
}
