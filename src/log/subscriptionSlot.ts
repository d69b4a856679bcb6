import type { Database } from "../db/database.ts";
import { TidingsError, isTidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import { recordedEvent, type PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { Signals } from "../signals.ts";
import { createLoop, type Loop } from "./loop.ts";
import { countRetry, nextRetries, noteRetryFailure, removeParked, type ParkedEvent } from "./parkedEvents.ts";
import { readEvents } from "./readEvents.ts";
import type { PositionedStoredEvent } from "./readPositions.ts";
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
  readonly loop: Loop;
  /** Up to where everything is handled, if this process holds the slot and nothing waits for a retry. */
  caughtUpTo(): number | null;
  release(): Promise<void>;
}

const READ_AT_ONCE = 500;
/** How long a slot may sleep: parked retries asked for by other processes are seen at the latest then. */
const IDLE_MS = 1_000;
/** A position that moved without a match is written down after this many events or this long. */
const PERSIST_AFTER = 1_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 300_000;
const UNKNOWN_RETRY_MS = 5_000;
const ERROR_CHARACTERS = 4_000;

/** Runs one slot of a subscription: lease, read, handle, checkpoint. */
export function createSlot(subscription: Subscription, slot: number, dependencies: SlotDependencies): Slot {
  const { db, tail, registry, signals, owner, leaseMs, unknownForMs } = dependencies;
  const { name } = subscription;
  let lease: store.Lease | undefined;
  let renewAt = 0;
  let position = 0; // all up to here is handled, parked or not asked for
  let persisted = 0;
  let persistAt = 0;
  let retryAt = 0;
  let failingSince: number | null = null;
  let lastError: string | null = null;
  /** After a batch failed its events are taken one by one up to here, so that only the culprit is set aside. */
  let oneByOneUpTo = 0;
  let handledUpTo: number | null = null;
  let abort = new AbortController();

  async function step(): Promise<number> {
    handledUpTo = null;
    if (!lease && !(await take())) return IDLE_MS;
    if (Date.now() >= renewAt && !(await renew())) return 0;
    await retryParked();
    const wait = retryAt - Date.now();
    if (wait > 0) return Math.min(wait, leaseMs / 3, IDLE_MS);
    const run = await tail.read(position, READ_AT_ONCE);
    const matched = run.events.filter((event) => subscription.wants(event, slot));
    if (matched.length === 0) {
      position = Math.max(position, run.scannedTo);
      await persistLazily();
      handledUpTo = run.more ? null : position;
      return run.more ? 0 : IDLE_MS;
    }
    await handleNext(matched, run.scannedTo);
    return 0;
  }

  async function take(): Promise<boolean> {
    const taken = await store.takeLease(db, name, slot, owner, leaseMs);
    if (!taken) return false;
    if (taken.state.stopped) {
      await store.releaseLease(db, taken.lease);
      return false;
    }
    ({ lease } = taken);
    const { state } = taken;
    renewAt = Date.now() + leaseMs / 3;
    position = persisted = state.position;
    retryAt = Date.now() + state.retryInMs;
    failingSince = state.failingForMs === null ? null : Date.now() - state.failingForMs;
    lastError = state.lastError;
    // A try that was counted and never finished: its process died, perhaps of one of the events.
    oneByOneUpTo = state.attempts > 0 ? Number.POSITIVE_INFINITY : 0;
    abort = new AbortController();
    return true;
  }

  async function renew(): Promise<boolean> {
    renewAt = Date.now() + leaseMs / 3;
    if (!lease || (await store.renewLease(db, lease, leaseMs))) return lease !== undefined;
    lose();
    return false;
  }

  function lose(): void {
    lease = undefined;
    abort.abort(new TidingsError("LEASE_LOST"));
    signals.emit("subscription.lease_lost", { name, slot });
  }

  async function persistLazily(): Promise<void> {
    if (position === persisted || (position - persisted < PERSIST_AFTER && Date.now() < persistAt)) return;
    persistAt = Date.now() + IDLE_MS;
    if (await store.checkpoint(db, lease!, position)) persisted = position;
    else lose();
  }

  async function handleNext(matched: readonly PositionedStoredEvent[], scannedTo: number): Promise<void> {
    const single = matched[0]!.position <= oneByOneUpTo;
    const events: PositionedEvent[] = [];
    for (const stored of matched.slice(0, single ? 1 : subscription.batch)) {
      const event = { ...recordedEvent(stored, registry), position: stored.position };
      // What this process cannot read is taken alone, so that it holds up nothing that came before it.
      if (event.problem !== null && events.length > 0) break;
      events.push(event);
      if (event.problem !== null) break;
    }
    const last = events.at(-1)!;
    const upTo = events.length === matched.length ? scannedTo : last.position;
    const attempts = await store.countAttempt(db, lease!, events[0]!.position - 1);
    if (attempts === null) return lose();
    if (last.problem !== null) return unreadable(last, attempts);
    if (attempts > subscription.maxAttempts && subscription.onFailure !== "retry") {
      return failed(
        events,
        attempts - 1,
        new Error(lastError ?? "The process ended while it handled this event"),
      );
    }
    try {
      await handle(events, upTo, attempts);
    } catch (error) {
      if (isTidingsError(error, "LEASE_LOST")) return lose();
      await failed(events, attempts, error);
    }
  }

  async function handle(events: readonly PositionedEvent[], upTo: number, attempt: number): Promise<void> {
    const started = performance.now();
    const renewal = setInterval(() => void renew().catch(() => undefined), leaseMs / 3);
    try {
      await db.transaction(async (tx) => {
        for (const group of byAccount(events)) await callHandler(group, tx.handle, attempt);
        if (!lease || !(await store.checkpoint(tx, lease, upTo))) throw new TidingsError("LEASE_LOST");
      });
    } finally {
      clearInterval(renewal);
    }
    position = persisted = upTo;
    failingSince = lastError = null;
    if (oneByOneUpTo === Number.POSITIVE_INFINITY) oneByOneUpTo = 0;
    signals.emit("subscription.handled", {
      name,
      slot,
      events: events.length,
      position,
      durationMs: performance.now() - started,
    });
  }

  async function callHandler(
    events: readonly PositionedEvent[],
    tx: unknown,
    attempt: number,
  ): Promise<void> {
    const { account } = events[0]!;
    const { contexts } = dependencies;
    const actor = { type: "job", id: name, label: name };
    const cause = events.length === 1 ? events[0] : undefined;
    await contexts.run({ account, actor, causedBy: cause }, () =>
      subscription.run(events, {
        tx,
        attempt,
        signal: abort.signal,
        because: (event, work) => contexts.run({ account: event.account, causedBy: event }, work),
      }),
    );
  }

  async function failed(events: readonly PositionedEvent[], attempts: number, error: unknown): Promise<void> {
    const [first] = events as [PositionedEvent];
    const report = { name, slot, position: first.position, attempts, error };
    if (events.length > 1) {
      // Nobody knows yet which one it was: look at each, each with its own count.
      oneByOneUpTo = events.at(-1)!.position;
      signals.emit("subscription.failed", { ...report, willRetryInMs: 0 });
      return store.noteFailure(db, lease!, { attempts: 0, error: textOf(error), retryInMs: 0, stop: false });
    }
    if (attempts >= subscription.maxAttempts && subscription.onFailure !== "retry") {
      signals.emit("subscription.failed", { ...report, willRetryInMs: null });
      return giveUp(first, attempts, error);
    }
    const retryInMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);
    signals.emit("subscription.failed", { ...report, willRetryInMs: retryInMs });
    await wait(attempts, error, retryInMs);
  }

  async function unreadable(event: PositionedEvent, attempts: number): Promise<void> {
    const error = new TidingsError(event.problem === "unknown_type" ? "UNKNOWN_TYPE" : "WRONG_VERSION", {
      detail: `${event.type} version ${event.version} at position ${event.position}: ${event.problem?.replaceAll("_", " ")}`,
    });
    if (failingSince !== null && Date.now() - failingSince >= unknownForMs)
      return giveUp(event, attempts, error);
    signals.emit("subscription.failed", {
      name,
      slot,
      position: event.position,
      attempts,
      error,
      willRetryInMs: UNKNOWN_RETRY_MS,
    });
    await wait(attempts, error, Math.min(UNKNOWN_RETRY_MS, unknownForMs));
  }

  async function wait(attempts: number, error: unknown, retryInMs: number): Promise<void> {
    failingSince ??= Date.now();
    retryAt = Date.now() + retryInMs;
    lastError = textOf(error);
    await store.noteFailure(db, lease!, { attempts, error: lastError, retryInMs, stop: false });
  }

  async function giveUp(event: PositionedEvent, attempts: number, error: unknown): Promise<void> {
    if (subscription.onFailure === "stop") {
      await store.noteFailure(db, lease!, { attempts, error: textOf(error), retryInMs: 0, stop: true });
      signals.emit("subscription.stopped", { name, slot, position: event.position, error });
      return release();
    }
    if (!(await store.park(db, lease!, event, { attempts, error: textOf(error) }))) return lose();
    position = persisted = event.position;
    failingSince = lastError = null;
    signals.emit("subscription.parked", { name, position, type: event.type, attempts });
  }

  /** Tries parked events that somebody asked for again. They are out of order by nature. */
  async function retryParked(): Promise<void> {
    for (const parked of await nextRetries(db, name, slot, subscription.batch)) {
      await countRetry(db, parked);
      try {
        await db.transaction(async (tx) => {
          const [stored] = await readEvents(tx, [parked]);
          const event = stored && recordedEvent(stored, registry);
          if (!event) throw new TidingsError("EVENT_NOT_FOUND");
          if (event.problem !== null)
            throw new TidingsError(event.problem === "unknown_type" ? "UNKNOWN_TYPE" : "WRONG_VERSION");
          await callHandler([{ ...event, position: parked.position }], tx.handle, parked.attempts + 1);
          await removeParked(tx, parked);
        });
      } catch (error) {
        await noteRetryFailure(db, parked, textOf(error));
        reportRetry(parked, error);
      }
    }
  }

  function reportRetry({ position: at, attempts }: ParkedEvent, error: unknown): void {
    signals.emit("subscription.failed", {
      name,
      slot,
      position: at,
      attempts: attempts + 1,
      error,
      willRetryInMs: null,
    });
  }

  async function release(): Promise<void> {
    if (!lease) return;
    const held = lease;
    lease = undefined;
    if (position > persisted) await store.checkpoint(db, held, position);
    await store.releaseLease(db, held);
  }

  const loop = createLoop(`subscription ${name} slot ${slot}`, signals, async () => {
    try {
      return await step();
    } catch (error) {
      // The row is the truth: after a failing database begin again from what it says.
      lease = undefined;
      throw error;
    }
  });
  return {
    loop: {
      ...loop,
      stop: async () => {
        const stopped = loop.stop();
        abort.abort(new TidingsError("STOPPED"));
        await stopped;
      },
    },
    caughtUpTo: () => handledUpTo,
    release,
  };
}

function byAccount(events: readonly PositionedEvent[]): PositionedEvent[][] {
  const groups = new Map<string, PositionedEvent[]>();
  for (const event of events) {
    const group = groups.get(event.account);
    if (group) group.push(event);
    else groups.set(event.account, [event]);
  }
  return [...groups.values()];
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.replaceAll("\0", "").slice(0, ERROR_CHARACTERS);
}
