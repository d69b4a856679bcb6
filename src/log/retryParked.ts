import type { Database } from "../db/database.ts";
import { isTidingsError, TidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import { holdingTracks } from "../events/heldTracks.ts";
import { positionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { Signals } from "../signals.ts";
import { callHandler } from "./handleBatch.ts";
import {
  claimRetry,
  nextRetries,
  noteRetryFailure,
  removeParked,
  returnRetry,
  type ParkedEvent,
} from "./parkedEvents.ts";
import { errorText, unreadableError } from "./problems.ts";
import { readEvents } from "./readEvents.ts";
import type { SlotLease } from "./slotLease.ts";
import type { Subscription } from "./subscription.ts";

const AT_ONCE = 100;

export interface RetryDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly signals: Signals;
  readonly contexts: ContextStore;
}

/** Tries the parked events of a slot that somebody asked for again, each once. They are out of order by nature. */
export async function retryParked(
  subscription: Subscription,
  slot: number,
  lease: SlotLease,
  dependencies: RetryDependencies,
): Promise<void> {
  const signal = lease.signal();
  for (const parked of await nextRetries(dependencies.db, subscription.name, slot, AT_ONCE)) {
    if (signal.aborted) return;
    await retryOne(subscription, parked, signal, dependencies);
  }
}

async function retryOne(
  subscription: Subscription,
  parked: ParkedEvent,
  signal: AbortSignal,
  { db, registry, signals, contexts }: RetryDependencies,
): Promise<void> {
  const attempt = await claimRetry(db, parked);
  if (attempt === null) return;
  let readable = false;
  try {
    await holdingTracks(db, contexts, async (tx) => {
      const [stored] = await readEvents(tx, [parked]);
      if (!stored) throw new TidingsError("EVENT_NOT_FOUND");
      const event = positionedEvent({ ...stored, position: parked.position }, registry);
      if (event.problem !== null) throw unreadableError(event);
      readable = true;
      await callHandler(subscription, [event], contexts, { tx: tx.handle, attempt, signal });
      // Last, so that nobody who asks for another try waits for the handler. Gone: another process handled the event.
      if (!(await removeParked(tx, parked))) throw new TidingsError("LEASE_LOST");
    });
  } catch (error) {
    if (isTidingsError(error, "LEASE_LOST")) return;
    if (signal.aborted) return returnRetry(db, parked);
    await noteRetryFailure(db, parked, { error: errorText(error), readable });
    const { name } = subscription;
    const { position, slot } = parked;
    signals.emit("subscription.failed", {
      name,
      slot,
      position,
      attempts: attempt,
      error,
      willRetryInMs: null,
    });
  }
}
