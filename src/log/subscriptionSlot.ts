import type { Database } from "../db/database.ts";
import { isTidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { Signals } from "../signals.ts";
import { afterCrashes, afterFailure, afterUnreadable, type Verdict } from "./afterFailure.ts";
import { handleBatch, nextBatch } from "./handleBatch.ts";
import { createLoop, type Loop } from "./loop.ts";
import { errorText, unreadableError } from "./problems.ts";
import type { PositionedStoredEvent } from "./readPositions.ts";
import { retryParked } from "./retryParked.ts";
import type { Place } from "./place.ts";
import { createSlotLease, type Lease } from "./slotLease.ts";
import * as progress from "./slotProgress.ts";
import type { Subscription } from "./subscription.ts";
import type { Tail } from "./tail.ts";

export interface SlotDependencies {
  readonly db: Database;
  readonly tail: Pick<Tail, "read">;
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

/**
 * Runs one slot of a subscription: lease, read, handle, checkpoint. docs/log.md draws its states.
 *
 * Times are of the monotonic clock: one that is set back must not put a lease or a retry off.
 */
export function createSlot(subscription: Subscription, slot: number, dependencies: SlotDependencies): Slot {
  const { db, tail, registry, signals, leaseMs, unknownForMs } = dependencies;
  const { name } = subscription;
  const lease = createSlotLease({ ...dependencies, name, slot });
  let takeAt = 0;
  let parkedAt = 0;
  let persistAt = 0;
  let retryAt = 0;
  let position = 0; // all up to here is handled, parked or not asked for
  let positionId: string | null = null; // the event there
  let persisted = 0;
  let waiting: readonly PositionedStoredEvent[] = []; // events that are read and not yet handled
  let readUpTo: Place = { position: 0, id: null };
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
    position = persisted = state.position;
    positionId = null;
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
    const newest = run.events.at(-1);
    if (run.scannedTo > position) {
      readUpTo = {
        position: run.scannedTo,
        id: newest?.position === run.scannedTo ? newest.id : null,
      };
    } else readUpTo = place();
    waiting = run.events.filter((event) => subscription.wants(event, slot));
    if (waiting.length > 0) return true;
    moveTo(readUpTo);
    await persistLazily();
    if (!run.more) handledUpTo = position;
    return run.more;
  }

  async function persistLazily(): Promise<void> {
    if (position === persisted || (position - persisted < PERSIST_AFTER && now() < persistAt)) return;
    const held = lease.held();
    persistAt = now() + IDLE_MS;
    if (held && (await progress.checkpoint(db, held, place(), leaseMs))) persisted = position;
    else lease.lose();
  }

  async function handleNext(): Promise<void> {
    const held = lease.held();
    if (!held) return;
    const alone = waiting[0]!.position <= aloneUpTo;
    const events = nextBatch(waiting, alone ? 1 : subscription.batch, registry);
    const [first] = events as [PositionedEvent];
    const last = events.at(-1)!;
    const attempts = await progress.countAttempt(db, held, first.position - 1, last);
    if (attempts === null) return lease.lose();
    moveTo({ position: first.position - 1, id: null });
    persisted = position;
    if (first.problem !== null) {
      const failingForMs = failingSince === null ? 0 : now() - failingSince;
      const earlier = await progress.earlierWaits(db, held, first);
      const verdict = afterUnreadable(subscription, failingForMs, unknownForMs, earlier);
      return settle(held, events, attempts, unreadableError(first), verdict);
    }
    const hopeless = events.length === 1 ? afterCrashes(subscription, attempts - 1) : null;
    if (hopeless) return settle(held, events, attempts - 1, diedHandling(), hopeless);

    const upTo = events.length === waiting.length ? readUpTo : last;
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
      if (!lease.held()) return;
      // Given up because this process stops: that is nobody's fault.
      if (lease.signal().aborted) return progress.uncountAttempt(db, held, first.position);
      return settle(held, events, attempts, error, afterFailure(subscription, attempts, events.length));
    }
    advance(events.length, upTo);
    const durationMs = now() - started;
    signals.emit("subscription.handled", { name, slot, events: events.length, position, durationMs });
  }

  const place = (): Place => ({ position, id: positionId });

  function moveTo(to: Place): void {
    position = to.position;
    positionId = to.id;
  }

  function advance(events: number, upTo: Place): void {
    waiting = waiting.slice(events);
    moveTo(upTo);
    persisted = position;
    failingSince = lastError = null;
  }

  /** Writes the failure and its consequence down, and tells the world. */
  async function settle(
    held: Lease,
    events: readonly PositionedEvent[],
    attempts: number,
    error: unknown,
    verdict: Verdict,
  ): Promise<void> {
    const [event] = events as [PositionedEvent];
    const { next } = verdict;
    const text = errorText(error);
    const willRetryInMs = next === "wait" ? verdict.retryInMs : next === "alone" ? 0 : null;
    const failure = { attempts: next === "alone" ? 0 : attempts, error: text };
    const waitedMs = failingSince === null ? null : now() - failingSince;
    const written =
      next === "park"
        ? progress.park(db, held, event, { ...failure, waitedMs }, leaseMs)
        : progress.noteFailure(db, held, event.position, {
            ...failure,
            retryInMs: willRetryInMs ?? 0,
            stop: next === "stop",
          });
    if (!(await written)) return lease.forget(); // the row knows better: see slotProgress.ts
    if (next === "park") advance(1, event);
    else if (next === "stop") await lease.release(place());
    else {
      aloneUpTo = Math.max(aloneUpTo, events.at(-1)!.position);
      failingSince ??= now();
      retryAt = now() + willRetryInMs!;
      lastError = text;
    }
    const at = event.position;
    signals.emit("subscription.failed", { name, slot, position: at, attempts, error, willRetryInMs });
    if (next === "park") {
      signals.emit("subscription.parked", { name, position: at, type: event.type, attempts });
    } else if (next === "stop") {
      signals.emit("subscription.stopped", { name, slot, position: at, error });
    }
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
    release: () => lease.release(place()),
  };
}
