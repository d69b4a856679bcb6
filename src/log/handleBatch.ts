import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import { holdingTracks } from "../events/heldTracks.ts";
import { positionedEvent, type PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { PositionedStoredEvent } from "./readPositions.ts";
import type { Place } from "./place.ts";
import { checkpoint } from "./slotProgress.ts";
import type { SlotLease } from "./slotLease.ts";
import type { Subscription } from "./subscription.ts";

/** The events of one call, at most `limit`. What this process cannot read comes alone, so that it holds up nothing before it. */
export function nextBatch(
  waiting: readonly PositionedStoredEvent[],
  limit: number,
  registry: Registry,
): PositionedEvent[] {
  const events: PositionedEvent[] = [];
  for (const stored of waiting.slice(0, limit)) {
    const event = positionedEvent(stored, registry);
    if (event.problem !== null && events.length > 0) break;
    events.push(event);
    if (event.problem !== null) break;
  }
  return events;
}

export interface HandleOptions {
  readonly db: Database;
  readonly contexts: ContextStore;
  readonly lease: SlotLease;
  readonly leaseMs: number;
  /** Everything up to here is done when these events are. */
  readonly upTo: Place;
  readonly attempt: number;
}

/** Runs the handler and writes the checkpoint in one transaction. Throws LEASE_LOST when another process took over. */
export async function handleBatch(
  subscription: Subscription,
  events: readonly PositionedEvent[],
  { db, contexts, lease, leaseMs, upTo, attempt }: HandleOptions,
): Promise<void> {
  const signal = lease.signal();
  await holdingTracks(db, contexts, async (tx) => {
    for (const together of subscription.mixed ? [events] : byAccount(events)) {
      await callHandler(subscription, together, contexts, { tx: tx.handle, attempt, signal });
    }
    const held = lease.held();
    if (!held || !(await checkpoint(tx, held, upTo, leaseMs))) throw new TidingsError("LEASE_LOST");
  });
}

/** Calls the handler with the context that what it records takes: the account, the subscription as actor, the cause. */
export async function callHandler(
  { name, mixed, run }: Subscription,
  events: readonly PositionedEvent[],
  contexts: ContextStore,
  { tx, attempt, signal }: { tx: unknown; attempt: number; signal: AbortSignal },
): Promise<void> {
  const account = mixed ? undefined : events[0]!.account;
  const actor = { type: "job", id: name, label: name };
  const causedBy = events.length === 1 ? events[0] : undefined;
  await contexts.run({ account, actor, causedBy }, () =>
    run(events, {
      tx,
      attempt,
      signal,
      because: (event, work) => contexts.run({ account: event.account, causedBy: event }, work),
    }),
  );
}

/** In the order of the accounts' bytes, as the database sorts them: handlers that lock rows then never wait in a circle. */
function byAccount(events: readonly PositionedEvent[]): PositionedEvent[][] {
  const groups = new Map<string, PositionedEvent[]>();
  for (const event of events) {
    const group = groups.get(event.account);
    if (group) group.push(event);
    else groups.set(event.account, [event]);
  }
  return [...groups]
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([, group]) => group);
}
