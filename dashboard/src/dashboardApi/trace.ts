import type { EntityRef, FeedItem } from "../../../src/react/wire.ts";
import type { DeliveryDetails } from "../webhooks/api.ts";
import { read } from "./request.ts";

/** An event as it was recorded. */
export interface RecordedEvent {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly account: string;
  readonly lane: FeedItem["lane"];
  readonly severity: FeedItem["severity"];
  readonly actor: EntityRef;
  readonly onBehalfOf: EntityRef | null;
  readonly subject: EntityRef;
  readonly refs: Readonly<Record<string, EntityRef | readonly EntityRef[] | null>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly occurredAt: string;
  /** Whom it is for; null or left out: everybody in the account. */
  readonly audience?: readonly string[] | null | undefined;
  readonly causedBy: { readonly id: string } | null;
  readonly problem: string | null;
}

export interface TracedEvent {
  readonly event: RecordedEvent;
  readonly item: FeedItem;
}

export interface TracedEffect extends TracedEvent {
  readonly effects: readonly TracedEffect[];
}

export type TracedDelivery = Omit<DeliveryDetails, "content">;

export interface Trace extends TracedEvent {
  /** Null in the moment before it has one. */
  readonly position: number | null;
  /** The nearest first. */
  readonly causes: readonly TracedEvent[];
  readonly effects: readonly TracedEffect[];
  /** There are more effects than were read. */
  readonly truncated: boolean;
  readonly timelines: readonly EntityRef[];
  /** Null for who is no operator. */
  readonly subscriptions:
    readonly { readonly name: string; readonly state: "done" | "behind" | "parked" }[] | null;
  /** Null when webhooks are off. */
  readonly deliveries: readonly TracedDelivery[] | null;
}

export const readTrace = (id: string) => read<Trace>(`events/${encodeURIComponent(id)}/trace`);
