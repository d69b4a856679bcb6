import type { Database } from "../db/database.ts";
import type { Signals } from "../signals.ts";
import { createLoop, type Loop } from "./loop.ts";
import { lastPosition, readAfter, type PositionedRun, type PositionedStoredEvent } from "./readPositions.ts";

export type TailListener = (run: PositionedRun) => void;

/**
 * The process's one reader of the growing end of the log. Subscriptions and live streams share what it reads, so that
 * the database is asked once, however many of them there are.
 */
export interface Tail {
  readonly loop: Loop;
  /** A position is known to be given: read up to it. */
  advance(position: number): void;
  /** Hands every run of new events to `listener`, in order; returns the position they follow, and a function to stop. */
  follow(listener: TailListener): Promise<{ readonly position: number; stop(): void }>;
  /** Reads after a position: from memory where that is recent, from the database where it is not. */
  read(after: number, limit: number): Promise<PositionedRun>;
}

/** How many of the newest events stay in memory for readers that are a little behind. */
const WINDOW = 1_000;
const READ_AT_ONCE = 1_000;

export function createTail(db: Database, signals: Signals, idleMs: number): Tail {
  const listeners = new Set<TailListener>();
  let followers = 0; // listeners, and those that wait for the first look
  let begun: Promise<void> | undefined;
  let readUpTo = 0;
  let known = 0;
  let window: readonly PositionedStoredEvent[] = [];
  let windowStart = 0; // the window holds every event after this position, up to readUpTo

  async function begin(): Promise<void> {
    readUpTo = windowStart = known = Math.max(known, await lastPosition(db));
  }

  async function step(): Promise<number> {
    if (followers === 0) {
      // Nobody listens: forget, so that the next listener begins at the end as it is then.
      window = [];
      begun = undefined;
      return idleMs;
    }
    if (begun === undefined) return 0;
    await begun;
    if (known <= readUpTo) known = await lastPosition(db);
    while (known > readUpTo) {
      const run = await readAfter(db, readUpTo, READ_AT_ONCE);
      // Nothing there although positions were given: retention took them.
      readUpTo = run.scannedTo === readUpTo ? known : run.scannedTo;
      remember(run.events);
      for (const listener of listeners) listener({ ...run, scannedTo: readUpTo });
    }
    return idleMs;
  }

  function remember(events: readonly PositionedStoredEvent[]): void {
    const all = [...window, ...events];
    const forgotten = all.length - WINDOW;
    if (forgotten > 0) windowStart = all[forgotten - 1]!.position;
    window = forgotten > 0 ? all.slice(forgotten) : all;
  }

  const loop = createLoop("tail", signals, step);
  return {
    loop,
    advance: (position) => {
      if (position <= known) return;
      known = position;
      if (followers > 0) loop.wake();
    },
    follow: async (listener) => {
      followers++;
      try {
        await (begun ??= begin());
      } catch (error) {
        followers--;
        begun = undefined;
        throw error;
      }
      listeners.add(listener);
      loop.start();
      loop.wake();
      return {
        position: readUpTo,
        stop: () => {
          if (listeners.delete(listener)) followers--;
        },
      };
    },
    read: async (after, limit) => {
      if (begun === undefined || after < windowStart || after > readUpTo) return readAfter(db, after, limit);
      const from = window.findIndex((event) => event.position > after);
      const events = from === -1 ? [] : window.slice(from, from + limit);
      const more = events.length === limit;
      return { events, more, scannedTo: more ? events.at(-1)!.position : readUpTo };
    },
  };
}
