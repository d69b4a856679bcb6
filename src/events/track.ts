import { AsyncLocalStorage } from "node:async_hooks";
import { isTidingsError } from "../errors.ts";
import type { Signals } from "../signals.ts";
import type { Settled } from "../withDefaults.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { limits } from "./limits.ts";
import type { PreparedEvent } from "./prepare.ts";

export interface TrackOptions {
  /** The most events in memory; what comes on top is dropped and counted. Default 10_000. */
  maxBuffered?: number | undefined;
  /** The longest that an event waits before it is written, in milliseconds. Default 1_000. */
  flushMs?: number | undefined;
}

export const trackDefaults: Settled<TrackOptions> = { maxBuffered: 10_000, flushMs: 1_000 };

export interface TrackStats {
  readonly buffered: number;
  readonly written: number;
  readonly dropped: number;
}

export interface Tracker {
  /** Never throws and never waits. */
  track(draft: Draft): void;
  /** Counts one that was never handed over, because too many were waiting for their transaction. */
  drop(): void;
  /**
   * Resolves when everything tracked before has been written, or dropped and counted. Inside a transaction on PGlite it
   * throws INSIDE_TRANSACTION: it would wait for the transaction that waits for it.
   */
  flush(): Promise<void>;
  stats(): TrackStats;
}

export interface TrackDependencies {
  readonly prepare: (draft: Draft, context: Context) => PreparedEvent;
  readonly write: (events: readonly PreparedEvent[]) => Promise<void>;
  /** Rejects with INSIDE_TRANSACTION where the caller holds the only connection. */
  readonly checkConnection: () => Promise<unknown>;
  readonly context: () => Context;
  readonly signals: Signals;
}

const BATCH = 500;
/** A batch that the database refuses this often is lost: it would hold up everything behind it. */
const MAX_TRIES = 4;
const RETRY_MS = 250;

// Writing waits for its turn: it must not count as part of the transaction in which something was tracked.
const outsideAnyContext = AsyncLocalStorage.snapshot();

/** How the buffers that hold something are written. A process that has nothing left to do waits for no timer of theirs. */
const unwritten = new Set<() => void>();
const writeBeforeExit = () => unwritten.forEach((write) => write());

/** One listener for all of them, and none for good: Node warns of more than ten, and a listener would keep its tracker in memory. */
function writtenBeforeExit(write: () => void): void {
  if (unwritten.size === 0) process.on("beforeExit", writeBeforeExit);
  unwritten.add(write);
}

function isWritten(write: () => void): void {
  if (unwritten.delete(write) && unwritten.size === 0) process.off("beforeExit", writeBeforeExit);
}

/** The lossy verb: for what is worth counting but not worth failing or slowing a request for. */
export function createTracker(
  { prepare, write, checkConnection, context, signals }: TrackDependencies,
  options: Settled<TrackOptions> = trackDefaults,
): Tracker {
  let buffer: PreparedEvent[] = [];
  let writing = 0;
  let written = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;

  function lose(events: number, reason: "buffer_full" | "invalid" | "rejected", error?: unknown): void {
    dropped += events;
    signals.emit("track.dropped", { events, reason, error });
  }

  function track(draft: Draft): void {
    if (buffer.length + writing >= options.maxBuffered) return lose(1, "buffer_full");
    try {
      // Checked and stamped now: later the context is gone, and the caller may have changed the data.
      // The event happened now, however long it waits to be written.
      buffer.push(ownCopy(prepare({ ...draft, occurredAt: draft.occurredAt ?? new Date() }, context())));
    } catch (error) {
      return lose(1, "invalid", error);
    }
    if (buffer.length >= BATCH) void writeSoon();
    else timer ??= setTimeout(() => void writeSoon(), options.flushMs).unref();
    writtenBeforeExit(writeSoon);
  }

  async function flush(): Promise<void> {
    if (buffer.length + writing === 0) return;
    await checkConnection().catch((error: unknown) => {
      // Any other failure is one of writing: tried again, then counted.
      if (isTidingsError(error, "INSIDE_TRANSACTION")) throw error;
    });
    await writeSoon();
  }

  function writeSoon(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    return (flushing = (flushing ?? Promise.resolve()).then(() => outsideAnyContext(drain)));
  }

  async function drain(): Promise<void> {
    while (buffer.length > 0) {
      const batch = buffer.slice(0, Math.min(BATCH, limits.eventsPerCall));
      buffer = buffer.slice(batch.length);
      writing = batch.length;
      await writeBatch(batch);
      writing = 0;
    }
    isWritten(writeSoon);
  }

  async function writeBatch(batch: readonly PreparedEvent[]): Promise<void> {
    const started = performance.now();
    for (let tries = 1; ; tries++) {
      try {
        await write(batch);
        written += batch.length;
        signals.emit("track.flushed", { events: batch.length, durationMs: performance.now() - started });
        return;
      } catch (error) {
        // What Tidings itself refuses (a key conflict, a missing cause) will not get better; split to lose only that.
        if (isTidingsError(error) && batch.length > 1) {
          for (const event of batch) await writeBatch([event]);
          return;
        }
        if (isTidingsError(error) || tries === MAX_TRIES) return lose(batch.length, "rejected", error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS * 2 ** (tries - 1)));
      }
    }
  }

  return {
    track,
    drop: () => lose(1, "buffer_full"),
    flush,
    stats: () => ({ buffered: buffer.length + writing, written, dropped }),
  };
}

/** The row was checked to be JSON; a copy keeps later changes by the caller out of the log. */
function ownCopy(event: PreparedEvent): PreparedEvent {
  return { ...event, row: structuredClone(event.row) };
}
