import type { Database } from "../db/database.ts";
import type { Signals } from "../signals.ts";
import { createHistory } from "./history.ts";
import { createLoop, type Loop } from "./loop.ts";
import { endOfLog, type EndOfLog, type PositionedRun, type PositionedStoredEvent } from "./readPositions.ts";

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
  /**
   * Hands every run of new events to `listener`, in order; returns the position they follow, and a function to stop.
   * `onWentBack`: the log is at an earlier state than it was, and what was handed may be gone; what follows is of the other log.
   */
  follow(
    listener: TailListener,
    onWentBack?: () => void,
  ): Promise<{ readonly position: number; stop(): void }>;
  /** Reads after a position: from memory where that is recent, from the database where it is not. */
  read(after: number): Promise<PositionedRun>;
  /** What memory holds after a position, all of it; null where only the database knows. */
  recent(after: number): PositionedRun | null;
  /** How often the log was found to have gone back: see readerWithPlace.ts. */
  timesBack(): number;
  /** How many follow at this moment. */
  followers(): number;
}

/** How many of the newest events stay in memory for readers that are a little behind. */
const WINDOW = 1_000;

/**
 * What is in memory is only right while the log is the one that it was read from. A failover to a standby that lacks the last
 * commits, or a restore, takes the log back, and later other events get the same positions: to compare positions shows nothing once
 * there are as many again. So each statement of the tail also tells which event has the last position that is known here. Between a
 * failure and the next look, memory is not asked.
 */
export function createTail(db: Database, signals: Signals, idleMs: number): Tail {
  const history = createHistory(db);
  let reader: Reader | undefined;
  let hinted = 0;
  let timesBack = 0;

  async function step(): Promise<number> {
    const mine = reader;
    if (mine === undefined) {
      void loop.stop(); // not awaited: it waits for this step
      return 0;
    }
    await mine.begun;
    let last = mine.trusted ? hinted : Number.NEGATIVE_INFINITY;
    let certain = false;
    let handed = false;
    while (reader === mine) {
      if (last <= mine.readUpTo && !certain && !handed) {
        const end = await endOfLog(db, mine.readUpTo);
        if (isEarlier(end, mine)) goBack(mine, end);
        else mine.readUpToId ??= end.idThere;
        mine.trusted = true;
        last = end.last;
        certain = true;
      }
      if (last <= mine.readUpTo) break;
      const run = await history.readAnew(mine.readUpTo); // a read that began earlier may miss what is there now
      if (differ(run.afterId, mine.readUpToId)) {
        mine.trusted = false;
        return 0; // look at the end of the log first
      }
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

  function goBack(mine: Reader, { last, lastId }: EndOfLog): void {
    const position = mine.readUpTo;
    timesBack++;
    history.forget();
    Object.assign(mine, { readUpTo: last, readUpToId: lastId, window: [], windowStart: last });
    signals.emit("tail.went_back", { position, lastPosition: last });
    for (const wentBack of mine.listeners.values()) tell(wentBack, signals);
  }

  const loop = createLoop("tail", signals, async () => {
    try {
      return await step();
    } catch (error) {
      // The database that answers next may be another one.
      if (reader) reader.trusted = false;
      history.forget();
      throw error;
    }
  });

  function recent(after: number): PositionedRun | null {
    if (!reader?.trusted || !(after >= reader.windowStart && after <= reader.readUpTo)) return null;
    const { window, readUpTo } = reader;
    const from = window.findIndex((event) => event.position > after);
    return { events: from === -1 ? [] : window.slice(from), more: false, scannedTo: readUpTo };
  }

  return {
    loop,
    recent,
    timesBack: () => timesBack,
    followers: () => reader?.followers ?? 0,
    advance: (position) => {
      if (!(position > hinted)) return; // also what is not a number
      hinted = position;
      if (reader) loop.wake();
    },
    follow: async (listener, onWentBack = () => undefined) => {
      if (!reader) history.forget(); // while nobody follows, nobody looks whether the log went back
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
      mine.listeners.set(listener, onWentBack);
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
  /** With what to call when the log went back. */
  readonly listeners: Map<TailListener, () => void>;
  /** Listeners, and those that wait for the first look. */
  followers: number;
  readUpTo: number;
  /** The event there; null where that is not known. */
  readUpToId: string | null;
  /** False from a failure to the next look. */
  trusted: boolean;
  /** The newest events: every one after `windowStart`, up to `readUpTo`. */
  window: readonly PositionedStoredEvent[];
  windowStart: number;
}

function createReader(db: Database): Reader {
  const reader: Reader = {
    begun: endOfLog(db, 0).then(({ last, lastId }) => {
      reader.readUpTo = reader.windowStart = last;
      reader.readUpToId = lastId;
    }),
    listeners: new Map(),
    followers: 0,
    readUpTo: Number.NEGATIVE_INFINITY, // until the first look: `read` then asks the database
    readUpToId: null,
    trusted: true,
    window: [],
    windowStart: 0,
  };
  return reader;
}

/** Positions only ever grow: fewer of them, or another event at one, means an earlier state that may have gone on since. */
function isEarlier({ last, idThere }: EndOfLog, { readUpTo, readUpToId }: Reader): boolean {
  return last < readUpTo || differ(idThere, readUpToId);
}

/** Null: not known, or taken by retention. */
function differ(id: string | null, known: string | null): boolean {
  return id !== null && known !== null && id !== known;
}

function hand(reader: Reader, run: PositionedRun, signals: Signals): void {
  const newest = run.events.at(-1);
  reader.readUpTo = run.scannedTo;
  reader.readUpToId = newest?.position === run.scannedTo ? newest.id : null;
  const all = [...reader.window, ...run.events];
  const forgotten = all.length - WINDOW;
  if (forgotten > 0) reader.windowStart = all[forgotten - 1]!.position;
  reader.window = forgotten > 0 ? all.slice(forgotten) : all;
  for (const listener of reader.listeners.keys()) tell(() => listener(run), signals);
}

function tell(follower: () => void, signals: Signals): void {
  try {
    follower();
  } catch (error) {
    signals.emit("tail.failed", { error });
  }
}
