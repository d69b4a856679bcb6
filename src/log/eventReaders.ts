import { textArray, type Queryable } from "../db/database.ts";
import type { StoredEvent } from "./storedEvent.ts";
import type { Subscription } from "./subscription.ts";
import { readSubscriptionStates, type SubscriptionState } from "./subscriptionStates.ts";

/** A subscription that takes an event, and whether it has. */
export interface EventReader {
  readonly name: string;
  /** `done`: it has passed the position. `behind`: it will come to it. `parked`: it could not handle it and set it aside. */
  readonly state: "done" | "behind" | "parked";
}

/** What of an event says which subscriptions take it. */
export type ReadEvent = Pick<StoredEvent, "account" | "lane" | "type" | "subject">;

/**
 * The subscriptions that take an event, by name. Of those that only other processes know, it is not known what they take, nor
 * by which slot: they are all there, and done when all of their slots are.
 */
export async function readEventReaders(
  on: Queryable,
  event: ReadEvent,
  position: number,
  registered: ReadonlyMap<string, Subscription>,
): Promise<EventReader[]> {
  const slots = (await readSubscriptionStates(on)).filter((slot) => mayTake(slot, event, registered));
  const names = [...new Set(slots.map(({ name }) => name))];
  const parked = await parkedBy(on, names, position);
  return names.map((name) => {
    const passed = slots.every((slot) => slot.name !== name || slot.position >= position);
    return { name, state: parked.has(name) ? "parked" : passed ? "done" : "behind" };
  });
}

function mayTake(
  { name, slot, slots }: SubscriptionState,
  event: ReadEvent,
  registered: ReadonlyMap<string, Subscription>,
): boolean {
  const subscription = registered.get(name);
  return subscription === undefined || subscription.slots !== slots || subscription.wants(event, slot);
}

const PARKED = `
select name from tidings.parked_events where name = any ($1::text[]) and position = $2::bigint`;

async function parkedBy(
  on: Queryable,
  names: readonly string[],
  position: number,
): Promise<ReadonlySet<string>> {
  const rows = await on.query<{ name: string }>(PARKED, [textArray(names), String(position)]);
  return new Set(rows.map(({ name }) => name));
}
