import type { Database } from "../db/database.ts";
import { isTidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { Signals } from "../signals.ts";
import { handleBatch, nextBatch } from "./handleBatch.ts";
import { createLoop, type Loop } from "./loop.ts";
import { errorText, unreadableError } from "./problems.ts";
import type { PositionedStoredEvent } from "./readPositions.ts";
import { retryParked } from "./retryParked.ts";
import { createSlotLease } from "./slotLease.ts";
import type { Subscription } from "./subscription.ts";
import * as store from "./subscriptionStore.ts";
import type { Tail } from "./tail.ts";

export interface SlotDependencies {
  readonly db: Database;
  readonly tail: Tail;
  readonly registry: Registry;
  readonly signals: Signals;
  readonly contexts: ContextStore;
  /** Names this process in leases. */
  readonly owner: string;
  /** A slot whose process died is free again after this long. */
  readonly leaseMs: number;
  /** How long an event of an unknown type or version is retried: a deploy must not park live events. */
  readonly unknownForMs: number;
}

export interface Slot {
  readonly slot: number;
  readonly loop: Loop;
  /** Looks at once for what only this slot's row or its parked events can tell: a retry or a resume was asked for. */
  look(): void;
  held(): boolean;
  /** Up to where everything is handled, if this process holds the slot and nothing waits for a retry. */
  caughtUpTo(): number | null;
  release(): Promise<void>;
}

/** How long a slot may sleep: a free lease, and retries asked for by other processes, are seen at the latest then. */
const IDLE_MS = 1_000;
/** A position that moved without a match is written down after this many positions or after IDLE_MS. */
const PERSIST_AFTER = 1_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 300_000;
const UNKNOWN_RETRY_MS = 5_000;

/**
 * Runs one slot of a subscription: lease, read, handle, checkpoint. docs/log.md draws its states.
 *
 * Times are of the monotonic clock: one that is set back must not put a lease or a retry off.
 */
export function createSlot(subscription: Subscription, slot: number, dependencies: SlotDependencies): Slot {
  const { db, tail, registry, signals, leaseMs, unknownForMs } = dependencies;
  const { name, maxAttempts, onFailure } = subscription;
  const lease = createSlotLease({ ...dependencies, name, slot });
  let takeAt = 0;
  let parkedAt = 0;
  let persistAt = 0;
  let retryAt = 0;
  let position = 0; // all up to here is handled, parked or not asked for
  let persisted = 0;
  let waiting: readonly PositionedStoredEvent[] = []; // events that are read and not yet handled
  let readUpTo = 0;
  let failingSince: number | null = null;
  let lastError: string | null = null;
  /** After a batch failed its events are taken one by one up to here, so that only the culprit is set aside. */
  let aloneUpTo = 0;
  let handledUpTo: number | null = null;
  const now = () => performance.now();

  async function step(): Promise<number> {
    handledUpTo = null;
    if (!lease.held() && !(await take())) return Math.max(1, takeAt - now());
    if (now() >= parkedAt) {
      parkedAt = now() + IDLE_MS;
      await retryParked(subscription, slot, lease, dependencies);
    }
    const wait = retryAt - now();
    if (wait > 0) return Math.min(wait, IDLE_MS);
    if (waiting.length === 0 && !(await read())) return IDLE_MS;
    if (waiting.length > 0) await handleNext();
    return 0;
  }

  async function take(): Promise<boolean> {
    if (now() < takeAt) return false;
    takeAt = now() + IDLE_MS;
    const state = await lease.take();
    if (state === null) return false;
    position = persisted = readUpTo = state.position;
    waiting = [];
    retryAt = now() + state.retryInMs;
    parkedAt = takeAt = 0;
    failingSince = state.failingForMs === null ? null : now() - state.failingForMs;
    lastError = state.lastError;
    // If that lies ahead the latest try failed, or its process died, perhaps of one of the events.
    aloneUpTo = state.triedUpTo;
    return true;
  }

  /** Reads on. False when there is nothing more at present. */
  async function read(): Promise<boolean> {
    const run = await tail.read(position);
    readUpTo = Math.max(position, run.scannedTo);
    waiting = run.events.filter((event) => subscription.wants(event, slot));
    if (waiting.length > 0) return true;
    position = readUpTo;
    await persistLazily();
    if (!run.more) handledUpTo = position;
    return run.more;
  }

  async function persistLazily(): Promise<void> {
    if (position === persisted || (position - persisted < PERSIST_AFTER && now() < persistAt)) return;
    const held = lease.held();
    persistAt = now() + IDLE_MS;
    if (held && (await store.checkpoint(db, held, position, leaseMs))) persisted = position;
    else lease.lose();
  }

  async function handleNext(): Promise<void> {
    const held = lease.held();
    if (!held) return;
    const alone = waiting[0]!.position <= aloneUpTo;
    const events = nextBatch(waiting, alone ? 1 : subscription.batch, registry);
    const [first] = events as [PositionedEvent];
    const last = events.at(-1)!;
    const attempts = await store.countAttempt(db, held, first.position - 1, last.position);
    if (attempts === null) return lease.lose();
    position = persisted = first.position - 1;
    if (first.problem !== null) return unreadable(held, first, attempts);
    if (attempts > maxAttempts && events.length === 1 && onFailure !== "retry")
      return giveUp(held, first, attempts - 1, diedHandling());
    const upTo = events.length === waiting.length ? readUpTo : last.position;
    const started = now();
    try {
      await handleBatch(subscription, events, {
        ...dependencies,
        lease,
        upTo,
        attempt: attempts,
      });
    } catch (error) {
      if (isTidingsError(error, "LEASE_LOST")) lease.lose();
      if (lease.held()) await failed(held, events, attempts, error);
      return;
    }
    advance(events.length, upTo);
    const durationMs = now() - started;
    signals.emit("subscription.handled", { name, slot, events: events.length, position, durationMs });
  }

  function advance(events: number, upTo: number): void {
    waiting = waiting.slice(events);
    position = persisted = upTo;
    failingSince = lastError = null;
  }

  async function failed(
    held: store.Lease,
    events: readonly PositionedEvent[],
    attempts: number,
    error: unknown,
  ): Promise<void> {
    const [first] = events as [PositionedEvent];
    if (lease.signal().aborted) return store.uncountAttempt(db, held, first.position);
    if (events.length > 1) {
      // Nobody knows yet which one it was: look at each, each with its own count.
      aloneUpTo = events.at(-1)!.position;
      return noteFailure(held, first, error, { attempts, count: 0, retryInMs: 0 });
    }
    if (attempts >= maxAttempts && onFailure !== "retry") return giveUp(held, first, attempts, error);
    const retryInMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);
    await noteFailure(held, first, error, { attempts, count: attempts, retryInMs });
  }

  async function unreadable(held: store.Lease, event: PositionedEvent, attempts: number): Promise<void> {
    const error = unreadableError(event);
    failingSince ??= now();
    const longEnough = now() - failingSince >= unknownForMs && attempts > 1;
    if (longEnough && onFailure !== "retry") return giveUp(held, event, attempts, error);
    const retryInMs = Math.min(UNKNOWN_RETRY_MS, unknownForMs);
    await noteFailure(held, event, error, { attempts, count: attempts, retryInMs });
  }

  async function noteFailure(
    held: store.Lease,
    event: PositionedEvent,
    error: unknown,
    { attempts, count, retryInMs }: { attempts: number; count: number; retryInMs: number },
  ): Promise<void> {
    aloneUpTo = Math.max(aloneUpTo, event.position);
    failingSince ??= now();
    retryAt = now() + retryInMs;
    lastError = errorText(error);
    const failure = { attempts: count, error: lastError, retryInMs, stop: false };
    if (!(await store.noteFailure(db, held, event.position, failure))) return lease.forget();
    report(event, attempts, error, retryInMs);
  }

  async function giveUp(
    held: store.Lease,
    event: PositionedEvent,
    attempts: number,
    error: unknown,
  ): Promise<void> {
    const failure = { attempts, error: errorText(error), retryInMs: 0, stop: true };
    if (onFailure === "stop") {
      if (!(await store.noteFailure(db, held, event.position, failure))) return lease.forget();
      await lease.release(position);
      report(event, attempts, error, null);
      signals.emit("subscription.stopped", { name, slot, position: event.position, error });
      return;
    }
    if (!(await store.park(db, held, event, failure, leaseMs))) return lease.forget();
    advance(1, event.position);
    report(event, attempts, error, null);
    signals.emit("subscription.parked", { name, position: event.position, type: event.type, attempts });
  }

  function report(
    { position: at }: PositionedEvent,
    attempts: number,
    error: unknown,
    retryInMs: number | null,
  ): void {
    signals.emit("subscription.failed", {
      name,
      slot,
      position: at,
      attempts,
      error,
      willRetryInMs: retryInMs,
    });
  }

  function diedHandling(): Error {
    const earlier = lastError === null ? "" : `; an earlier try failed: ${lastError}`;
    return new Error(`The process ended while it handled this event${earlier}`);
  }

  const loop = createLoop(`subscription ${name} slot ${slot}`, signals, async () => {
    try {
      return await step();
    } catch (error) {
      // The row is the truth: after a failing database begin again from what it says.
      lease.forget();
      takeAt = 0;
      throw error;
    }
  });
  return {
    slot,
    loop: {
      ...loop,
      stop: async () => {
        const stopped = loop.stop();
        lease.stop();
        await stopped;
      },
    },
    look: () => {
      takeAt = parkedAt = 0;
      loop.wake();
    },
    held: () => lease.held() !== undefined,
    caughtUpTo: () => handledUpTo,
    release: () => lease.release(position),
  };
}
