import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { normalFilter, type EventFilter } from "../events/filter.ts";
import { positionedEvent, type PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { createMatcher } from "../log/matchFilter.ts";
import {
  keptPositions,
  readAccountAfter,
  type PositionedRun,
  type PositionedStoredEvent,
} from "../log/readPositions.ts";
import type { Tail } from "../log/tail.ts";

export interface LiveQuery extends EventFilter {
  /** Events after this position; a feed page carries one. Default: from now on. */
  after?: number | undefined;
  /** Ends the stream. */
  signal?: AbortSignal | undefined;
}

export interface LiveDependencies {
  readonly db: Database;
  readonly tail: Tail;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

/**
 * A run of new events, and up to where the log was looked at: an empty run still moves a reader's cursor. The first one
 * is empty and tells where the reader begins.
 */
export interface LiveRun {
  readonly events: readonly PositionedEvent[];
  readonly position: number;
}

/** Runs held for a reader that is busy. One that falls further behind is fed from the database instead. */
const MAX_WAITING_EVENTS = 1_000;
const READ_AT_ONCE = 500;

/** The events that match, as they get their positions, each once, in order; never ends by itself. */
export async function* live(
  dependencies: LiveDependencies,
  query: LiveQuery = {},
): AsyncGenerator<PositionedEvent, void, undefined> {
  for await (const run of liveRuns(dependencies, query)) yield* run.events;
}

/**
 * As `live`, in runs. History comes from the database; the hand-over to the shared tail is by position, so that nothing
 * is missed and nothing comes twice. Throws POSITION_PRUNED where retention has taken what `after` asks for.
 */
export async function* liveRuns(
  dependencies: LiveDependencies,
  query: LiveQuery = {},
): AsyncGenerator<LiveRun, void, undefined> {
  const { db, tail, registry, accountOf } = dependencies;
  const filter = normalFilter(query, accountOf(query.account), registry);
  const matches = createMatcher(filter);
  const signal = query.signal ?? new AbortController().signal;
  const waiting = createWaitingRuns();
  const present = (events: readonly PositionedStoredEvent[]): PositionedEvent[] =>
    events.filter(matches).map((event) => positionedEvent(event, registry));

  const follow = await tail.follow(waiting.add);
  // At once, also when the reader is busy or never comes back: nothing is collected for it any more.
  const leave = () => {
    follow.stop();
    waiting.wake();
  };
  signal.addEventListener("abort", leave);
  try {
    let position = query.after ?? follow.position;
    await checkBeginning(db, position);
    yield { events: [], position };
    let upTo = follow.position;
    while (!signal.aborted) {
      while (position < upTo && !signal.aborted) {
        const run = await readAccountAfter(db, filter.account, position, upTo, READ_AT_ONCE);
        checkKept(await keptPositions(db), position); // after the read: retention may overtake a slow reader
        position = run.scannedTo;
        yield { events: present(run.events), position };
      }
      for (const run of waiting.take()) {
        if (run.scannedTo <= position) continue;
        const after = position;
        position = run.scannedTo;
        yield { events: present(run.events.filter((event) => event.position > after)), position };
        if (signal.aborted) return;
      }
      upTo = Math.max(upTo, waiting.missedUpTo());
      if (position >= upTo) await waiting.next(signal);
    }
  } finally {
    leave();
    signal.removeEventListener("abort", leave);
  }
}

async function checkBeginning(db: Database, after: number): Promise<void> {
  if (!Number.isSafeInteger(after) || after < 0) {
    throw new TidingsError("INVALID_CURSOR", { detail: `after must be a position, not ${after}` });
  }
  const kept = await keptPositions(db);
  // A cursor from beyond the end comes from another log, or from before a restore: waiting for it would be silence.
  if (after > kept.last) {
    throw new TidingsError("INVALID_CURSOR", {
      detail: `Position ${after} was asked for, the last one is ${kept.last}`,
    });
  }
  checkKept(kept, after);
}

function checkKept({ first, last }: { readonly first: number; readonly last: number }, after: number): void {
  if (after < last && first > after + 1) {
    throw new TidingsError("POSITION_PRUNED", {
      detail: `${after} was asked for, ${first} is the first one kept`,
    });
  }
}

/** Runs between the tail and one reader, of bounded size: what does not fit is remembered as a position to read up to. */
function createWaitingRuns() {
  let runs: PositionedRun[] = [];
  let events = 0;
  let missed = 0;
  let wakeReader: (() => void) | undefined;
  const wake = () => wakeReader?.();
  return {
    wake,
    add: (run: PositionedRun): void => {
      // Once something was left out, everything after it must come from the database too, or the order breaks.
      if (missed > 0 || events + run.events.length > MAX_WAITING_EVENTS) {
        missed = run.scannedTo;
        runs = [];
        events = 0;
      } else {
        runs.push(run);
        events += run.events.length;
      }
      wake();
    },
    take: (): PositionedRun[] => {
      const taken = runs;
      runs = [];
      events = 0;
      return taken;
    },
    /** Up to where the reader must ask the database; asking means that it will. */
    missedUpTo: (): number => {
      const upTo = missed;
      missed = 0;
      return upTo;
    },
    next: async (signal: AbortSignal): Promise<void> => {
      if (runs.length > 0 || missed > 0 || signal.aborted) return;
      await new Promise<void>((resolve) => (wakeReader = resolve));
      wakeReader = undefined;
    },
  };
}
