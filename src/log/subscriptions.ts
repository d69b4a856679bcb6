import { hostname } from "node:os";
import { randomBytes } from "node:crypto";
import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { Signals } from "../signals.ts";
import { listParked, requestRetry, type ParkedEvent } from "./parkedEvents.ts";
import { lastPosition } from "./readPositions.ts";
import { checkSubscription, type Subscription, type SubscriptionOptions } from "./subscription.ts";
import { createSlot as createSlotRunner, type Slot } from "./subscriptionSlot.ts";
import { createSlot, storedSlots } from "./subscriptionStore.ts";
import { readSubscriptionStates, resumeSubscription, type SubscriptionState } from "./subscriptionStates.ts";
import type { Tail } from "./tail.ts";

/** The subscriptions of this app: what they do, how far they are, and their repair. */
export interface Subscriptions<Handle> {
  /** Registers a handler. Its first start creates it; `start()` or `work()` runs it. */
  subscribe<const Types extends readonly (AnyEventDefinition | string)[]>(
    name: string,
    options: SubscriptionOptions<Handle, Types>,
  ): void;
  /** All subscriptions that the log knows, also those of other processes. */
  list(): Promise<SubscriptionState[]>;
  /** Events set aside, in the order of the log. */
  parked(
    name: string,
    page?: { after?: number | undefined; limit?: number | undefined },
  ): Promise<ParkedEvent[]>;
  /** Asks for another try of parked events, all or some. Whoever runs the subscription makes it. Returns how many. */
  retry(name: string, positions?: readonly number[]): Promise<number>;
  /** Lets a stopped subscription try again from where it stopped. Throws SUBSCRIPTION_NOT_FOUND. */
  resume(name: string): Promise<void>;
}

export interface SubscriptionRunner {
  start(): Promise<void>;
  stop(): Promise<void>;
  wake(): void;
  /** True when every slot that this process holds has handled everything up to `position`. */
  caughtUp(position: number): boolean;
}

export interface SubscriptionsDependencies {
  readonly db: Database;
  readonly tail: Tail;
  readonly registry: Registry;
  readonly signals: Signals;
  readonly contexts: ContextStore;
  /** Default 30_000. */
  readonly leaseMs: number;
  /** Default 900_000: fifteen minutes. */
  readonly unknownForMs: number;
}

export function createSubscriptions<Handle>(
  dependencies: SubscriptionsDependencies,
): Subscriptions<Handle> & { readonly runner: SubscriptionRunner } {
  const { db, tail, registry } = dependencies;
  const registered = new Map<string, Subscription>();
  let slots: Slot[] = [];
  let follow: { stop(): void } | undefined;
  let running = false;
  const wake = () => slots.forEach((slot) => slot.loop.wake());

  async function startOne(subscription: Subscription): Promise<void> {
    await createRows(db, subscription);
    // A name of its own for each start: leases of an earlier one are not mistaken for ours.
    const owner = `${hostname()}:${process.pid}:${randomBytes(4).toString("hex")}`;
    const started = Array.from({ length: subscription.slots }, (_, slot) =>
      createSlotRunner(subscription, slot, { ...dependencies, owner }),
    );
    slots.push(...started);
    started.forEach((slot) => slot.loop.start());
  }

  const runner: SubscriptionRunner = {
    start: async () => {
      running = true;
      if (registered.size === 0) return;
      follow = await tail.follow(wake);
      for (const subscription of registered.values()) await startOne(subscription);
    },
    stop: async () => {
      running = false;
      follow?.stop();
      const stopping = slots;
      slots = [];
      await Promise.all(stopping.map((slot) => slot.loop.stop()));
      await Promise.all(stopping.map((slot) => slot.release().catch(() => undefined))); // the lease runs out by itself
    },
    wake,
    caughtUp: (position) => slots.every((slot) => (slot.caughtUpTo() ?? -1) >= position),
  };

  return {
    runner,
    subscribe: (name, options) => {
      if (registered.has(name)) throw new TidingsError("SUBSCRIPTION_EXISTS", { detail: `"${name}"` });
      if (running)
        throw new TidingsError("ALREADY_STARTED", {
          detail: `Subscription "${name}" must be registered before start()`,
        });
      registered.set(name, checkSubscription(name, options as unknown as SubscriptionOptions, registry));
    },
    list: () => readSubscriptionStates(db),
    parked: (name, { after = 0, limit = 100 } = {}) =>
      listParked(db, name, after, Math.min(Math.max(limit, 1), 1_000)),
    retry: async (name, positions) => {
      const requested = await requestRetry(db, name, positions ?? null);
      wake();
      return requested;
    },
    resume: async (name) => {
      if (!(await resumeSubscription(db, name)))
        throw new TidingsError("SUBSCRIPTION_NOT_FOUND", { detail: `"${name}"` });
      wake();
    },
  };
}

async function createRows(db: Database, { name, slots, from }: Subscription): Promise<void> {
  const existing = await storedSlots(db, name);
  if (existing !== null && existing !== slots) {
    throw new TidingsError("SLOTS_CHANGED", { detail: `"${name}" has ${existing} slots, not ${slots}` });
  }
  if (existing !== null) return;
  const position = from === "start" ? 0 : from === "now" ? await lastPosition(db) : from.position;
  await db.transaction(async (tx) => {
    for (let slot = 0; slot < slots; slot++) await createSlot(tx, name, slot, slots, position);
  });
}
