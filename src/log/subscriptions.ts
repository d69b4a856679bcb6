import { hostname } from "node:os";
import { randomBytes } from "node:crypto";
import { aText, checkOption, checkOptions, wholeNumber, type OptionKind } from "../checkOptions.ts";
import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { Signals } from "../signals.ts";
import { createSlots } from "./createSlots.ts";
import { readEventReaders, type EventReader, type ReadEvent } from "./eventReaders.ts";
import { ownerOf } from "./ownSubscriptions.ts";
import { discardParked, listParked, requestRetry, type ParkedEvent } from "./parkedEvents.ts";
import { createReaderWithPlace } from "./readerWithPlace.ts";
import { removeSubscription } from "./removeSubscription.ts";
import { checkSubscription, type Subscription, type SubscriptionOptions } from "./subscription.ts";
import { createSlot, type Slot } from "./subscriptionSlot.ts";
import {
  countCaughtUp,
  readSubscriptionStates,
  resumeSubscription,
  type SubscriptionState,
} from "./subscriptionStates.ts";
import type { Tail } from "./tail.ts";

/** The subscriptions of this app: what they do, how far they are, and their repair. */
export interface Subscriptions<Handle> {
  /**
   * Registers a handler. Its first start creates it; `start()` or `work()` runs it. Throws SUBSCRIPTION_EXISTS, ALREADY_STARTED,
   * INVALID_FILTER, and INVALID_OPTION, also for the names of Tidings' own: `webhooks`, `actions.after` and `projection:…`.
   */
  subscribe<const Types extends readonly (AnyEventDefinition | string)[]>(
    name: string,
    options: SubscriptionOptions<Handle, Types>,
  ): void;
  /**
   * Creates a registered subscription before its first start, if it does not exist: it will be given what comes from now on.
   * Throws SUBSCRIPTION_NOT_FOUND, SLOTS_CHANGED.
   */
  begin(name: string): Promise<void>;
  /** All subscriptions that the log knows, also those of other processes. */
  list(): Promise<SubscriptionState[]>;
  /** What this process has subscribed to, whether or not it runs. */
  registered(): RegisteredSubscription[];
  /** Who takes an event, and whether it has. */
  readersOf(event: ReadEvent, position: number): Promise<EventReader[]>;
  /** Events set aside, in the order of the log: after a position (default 0), `limit` of them (default 100, at most 1,000). */
  parked(
    name: string,
    page?: { after?: number | undefined; limit?: number | undefined },
  ): Promise<ParkedEvent[]>;
  /** Asks for another try of parked events, all or some. Whoever runs the subscription makes it. Returns how many. */
  retry(name: string, positions?: readonly number[]): Promise<number>;
  /** Forgets parked events, all or some: nobody will handle them. Returns how many. Throws INVALID_OPTION. */
  discard(name: string, positions?: readonly number[]): Promise<number>;
  /**
   * Deletes a subscription that the app has given up, with its parked events, and returns how many those were. Where it is
   * subscribed again later, it begins anew, at `from`. Throws SUBSCRIPTION_NOT_FOUND, and SUBSCRIPTION_IN_USE while this process
   * has it subscribed, any process holds one of its slots, or a projection or webhook endpoint needs it.
   */
  remove(name: string): Promise<number>;
  /** Lets a stopped subscription try again from where it stopped. Throws SUBSCRIPTION_NOT_FOUND. */
  resume(name: string): Promise<void>;
}

/** Whose types are null takes all of them. */
export type RegisteredSubscription = Pick<Subscription, "name" | "types" | "lanes" | "onFailure">;

export interface SubscriptionRunner {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** True when everything up to `position` is handled: by this process, or by others that hold its slots. */
  caughtUp(position: number): Promise<boolean>;
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
): Subscriptions<Handle> & {
  readonly runner: SubscriptionRunner;
  /** As `subscribe`, for the names that no app can take. */
  readonly subscribeOwn: Subscriptions<Handle>["subscribe"];
} {
  const { db, tail, registry } = dependencies;
  const registered = new Map<string, Subscription>();
  let running: Running | undefined;
  const slots = () => running?.slots ?? [];
  const wake = () => slots().forEach((slot) => slot.loop.wake());
  const look = () => slots().forEach((slot) => slot.look());

  const runner: SubscriptionRunner = {
    start: async () => {
      const run: Running = (running = { slots: [], follow: undefined });
      if (registered.size === 0) return;
      run.follow = await tail.follow(wake, wake);
      // A name of its own for each start: leases of an earlier one are not mistaken for ours.
      const owner = `${hostname()}:${process.pid}:${randomBytes(4).toString("hex")}`;
      for (const subscription of registered.values()) {
        await createSlots(db, subscription);
        if (running !== run) break; // stopped meanwhile
        for (let slot = 0; slot < subscription.slots; slot++) {
          const place = createReaderWithPlace(tail, () => tail.read);
          const started = createSlot(subscription, slot, { ...dependencies, tail: place, owner });
          run.slots.push({ ...started, name: subscription.name });
          started.loop.start();
        }
      }
      if (running !== run) run.follow.stop();
    },
    stop: async () => {
      const stopping = running;
      running = undefined;
      stopping?.follow?.stop();
      const stopped = stopping?.slots ?? [];
      await Promise.all(stopped.map((slot) => slot.loop.stop()));
      await Promise.all(stopped.map((slot) => slot.release().catch(() => undefined))); // the lease runs out by itself
    },
    caughtUp: async (position) => {
      const behind = slots().filter((slot) => (slot.caughtUpTo() ?? -1) < position);
      if (behind.length === 0) return true;
      if (behind.some((slot) => slot.held())) return false;
      return (await countCaughtUp(db, behind, position)) === behind.length;
    },
  };

  const subscribeOwn: Subscriptions<Handle>["subscribe"] = (name, options) => {
    if (registered.has(name)) throw new TidingsError("SUBSCRIPTION_EXISTS", { detail: `"${name}"` });
    if (running)
      throw new TidingsError("ALREADY_STARTED", {
        detail: `Subscription "${name}" must be registered before start()`,
      });
    registered.set(name, checkSubscription(name, options as unknown as SubscriptionOptions, registry));
  };

  return {
    runner,
    subscribeOwn,
    subscribe: (name, options) => {
      const owner = ownerOf(name);
      if (owner !== null)
        throw new TidingsError("INVALID_OPTION", {
          detail: `Subscription "${name}": the name belongs to Tidings, which runs it for createTidings({ ${owner} })`,
          path: ["name"],
        });
      subscribeOwn(name, options);
    },
    begin: async (name) => {
      const subscription = registered.get(name);
      if (!subscription) throw new TidingsError("SUBSCRIPTION_NOT_FOUND", { detail: `"${name}"` });
      await createSlots(db, subscription);
    },
    list: () => readSubscriptionStates(db),
    registered: () =>
      [...registered.values()].map(({ name, types, lanes, onFailure }) => ({
        name,
        types,
        lanes,
        onFailure,
      })),
    readersOf: (event, position) => readEventReaders(db, event, position, registered),
    parked: async (name, page = {}) => {
      checkOptions(page, { after: aPosition, limit: wholeNumber(1, Infinity) });
      const { after = 0, limit = 100 } = page;
      return listParked(db, name, after, Math.min(limit, MOST_PARKED));
    },
    retry: async (name, positions) => {
      if (positions !== undefined) checkOption(positions, positionList, ["positions"]);
      const requested = await requestRetry(db, name, positions ?? null);
      look();
      return requested;
    },
    discard: async (name, positions) => {
      checkOption(name, aText, ["name"]);
      if (positions !== undefined) checkOption(positions, positionList, ["positions"]);
      return discardParked(db, name, positions ?? null);
    },
    remove: async (name) => {
      checkOption(name, aText, ["name"]);
      if (registered.has(name))
        throw new TidingsError("SUBSCRIPTION_IN_USE", { detail: `This process has subscribed "${name}"` });
      return removeSubscription(db, name);
    },
    resume: async (name) => {
      if (!(await resumeSubscription(db, name)))
        throw new TidingsError("SUBSCRIPTION_NOT_FOUND", { detail: `"${name}"` });
      look();
    },
  };
}

const MOST_PARKED = 1_000;
const aPosition = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const positionList: OptionKind = {
  holds: (value) => Array.isArray(value) && value.every(aPosition.holds),
  must: "must be a list of positions, which are whole numbers from 0",
};

/** What lies between one start and the stop that belongs to it. */
interface Running {
  readonly slots: (Slot & { readonly name: string })[];
  follow: { stop(): void } | undefined;
}
