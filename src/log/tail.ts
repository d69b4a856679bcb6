import type { Database } from "../db/database.ts";
import type { Signals } from "../signals.ts";
import { createHistory } from "./history.ts";
import { createLoop, type Loop } from "./loop.ts";
import { lastPosition, type PositionedRun, type PositionedStoredEvent } from "./readPositions.ts";

export type TailListener = (run: PositionedRun) => void;

/**
 * The process's one reader of the growing end of the log. Subscriptions and live streams share what it reads, so that
 * the database is asked once, however many of them there are.
 */
export interface Tail {
  /** Runs while somebody follows: `follow` starts it. */
  readonly loop: Loop;
  /** Somebody says that a position was given: look at once. A hint, never believed: anybody may NOTIFY. */
  advance(position: number): void;
  /** Hands every run of new events to `listener`, in order; returns the position they follow, and a function to stop. */
  follow(listener: TailListener): Promise<{ readonly position: number; stop(): void }>;
  /** Reads after a position: from memory where that is recent, from the database where it is not. */
  read(after: number): Promise<PositionedRun>;
  /** What memory holds after a position, all of it; null where only the database knows. */
  recent(after: number): PositionedRun | null;
  /** How many follow at this moment. */
  followers(): number;
}

/** How many of the newest events stay in memory for readers that are a little behind. */
const WINDOW = 1_000;

export function createTail(db: Database, signals: Signals, idleMs: number): Tail {
  const history = createHistory(db);
  let reader: Reader | undefined;
  let hinted = 0;

  async function step(): Promise<number> {
    const mine = reader;
    if (mine === undefined) {
      void loop.stop(); // not awaited: it waits for this step
      return 0;
    }
    await mine.begun;
    let last = hinted;
    let certain = false;
    let handed = false;
    while (reader === mine) {
      if (last <= mine.readUpTo && !certain && !handed) {
        last = await lastPosition(db);
        certain = true;
      }
      if (last <= mine.readUpTo) break;
      const run = await history.readAnew(mine.readUpTo); // a read that began earlier may miss what is there now
      // Nothing there: the hint was wrong, or retention took what lay here.
      if (run.scannedTo === mine.readUpTo && !certain) last = run.scannedTo;
      else {
        hand(mine, run.scannedTo === mine.readUpTo ? { ...run, scannedTo: last } : run, signals);
        handed = true;
      }
    }
    hinted = last;
    return idleMs;
  }

  const loop = createLoop("tail", signals, step);

  function recent(after: number): PositionedRun | null {
    if (!reader || !(after >= reader.windowStart && after <= reader.readUpTo)) return null;
    const { window, readUpTo } = reader;
    const from = window.findIndex((event) => event.position > after);
    return { events: from === -1 ? [] : window.slice(from), more: false, scannedTo: readUpTo };
  }

  return {
    loop,
    recent,
    followers: () => reader?.followers ?? 0,
    advance: (position) => {
      if (!(position > hinted)) return; // also what is not a number
      hinted = position;
      if (reader) loop.wake();
    },
    follow: async (listener) => {
      const mine = (reader ??= createReader(db));
      mine.followers++;
      const leave = () => {
        mine.followers--;
        if (mine.followers === 0 && reader === mine) reader = undefined;
      };
      await mine.begun.catch((error: unknown) => {
        // Whoever comes next must not be told of this failure again.
        if (reader === mine) reader = undefined;
        leave();
        throw error;
      });
      mine.listeners.add(listener);
      loop.start();
      loop.wake();
      return {
        position: mine.readUpTo,
        stop: () => {
          if (mine.listeners.delete(listener)) leave();
        },
      };
    },
    read: async (after) => recent(after) ?? history.read(after),
  };
}

/**
 * What is known from the first follower's coming to the last one's leaving. A step that is under way when all leave
 * and others come changes only what nobody looks at any more.
 */
interface Reader {
  readonly begun: Promise<void>;
  readonly listeners: Set<TailListener>;
  /** Listeners, and those that wait for the first look. */
  followers: number;
  readUpTo: number;
  /** The newest events: every one after `windowStart`, up to `readUpTo`. */
  window: readonly PositionedStoredEvent[];
  windowStart: number;
}

function createReader(db: Database): Reader {
  const reader: Reader = {
    begun: lastPosition(db).then((position) => {
      reader.readUpTo = reader.windowStart = position;
    }),
    listeners: new Set(),
    followers: 0,
    readUpTo: Number.NEGATIVE_INFINITY, // until the first look: `read` then asks the database
    window: [],
    windowStart: 0,
  };
  return reader;
}

function hand(reader: Reader, run: PositionedRun, signals: Signals): void {
  reader.readUpTo = run.scannedTo;
  const all = [...reader.window, ...run.events];
  const forgotten = all.length - WINDOW;
  if (forgotten > 0) reader.windowStart = all[forgotten - 1]!.position;
  reader.window = forgotten > 0 ? all.slice(forgotten) : all;
  for (const listener of reader.listeners) {
    try {
      listener(run);
    } catch (error) {
      signals.emit("tail.failed", { error });
    }
  }
}
