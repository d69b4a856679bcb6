import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { normalFilter, type Beside, type EventFilter } from "../events/filter.ts";
import { withoutHiddenCauses } from "../events/hiddenCauses.ts";
import { positionedEvent, type PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { viewerKeys } from "../events/viewer.ts";
import type { NormalFilter } from "../log/findEvents.ts";
import { createMatcher } from "../log/matchFilter.ts";
import { positionAt } from "../log/positionAt.ts";
import { keptPositions, readAccountAfter } from "../log/readPositions.ts";
import type { Channels, LiveRun } from "./channels.ts";

export interface LiveQuery extends EventFilter {
  /** Events after this position; a feed page carries one. Default: what was recorded `since`, otherwise from now on. */
  after?: number | undefined;
  /** Ends the stream. */
  signal?: AbortSignal | undefined;
}

const liveNames: Beside<LiveQuery> = { after: true, signal: true };

export interface LiveDependencies {
  readonly db: Database;
  readonly channels: Channels;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

/** Runs held for a reader that is busy. One that falls further behind is fed from the database instead. */
const MAX_WAITING_EVENTS = 1_000;
const READ_AT_ONCE = 500;

/** The events that match, as they get their positions, each once, in order, as the viewer may know them; never ends by itself. */
export async function* live(
  dependencies: LiveDependencies,
  query: LiveQuery = {},
): AsyncGenerator<PositionedEvent, void, undefined> {
  const audiences = query.viewer === undefined ? null : viewerKeys(query.viewer);
  for await (const run of liveRuns(dependencies, query))
    yield* await withoutHiddenCauses(dependencies.db, run.events, audiences);
}

/**
 * As `live`, in runs, which streams share: causes are named as recorded. The first run is empty and tells where the reader
 * begins. History comes from the database, recent events from memory; the hand-over to the shared channel is by position, so
 * that nothing is missed and nothing comes twice. Throws INVALID_CURSOR, POSITION_PRUNED where retention has taken what
 * `after` asks for, and LOG_WENT_BACK when the log does.
 */
export async function* liveRuns(
  { db, channels, registry, accountOf }: LiveDependencies,
  query: LiveQuery = {},
): AsyncGenerator<LiveRun, void, undefined> {
  const filter = normalFilter(query, accountOf(query.account), registry, liveNames);
  const signal = query.signal ?? new AbortController().signal;
  const waiting = createWaitingRuns();
  const place = await channels.join(filter, waiting.add, waiting.endAsWentBack);
  // At once, also when the reader is busy or never comes back: nothing is collected for it any more.
  const leave = () => {
    place.leave();
    waiting.wake();
  };
  signal.addEventListener("abort", leave);
  try {
    // By time, the position lies a little before the moment: what is between them, the filter leaves out.
    let position =
      query.after ?? (filter.since === null ? place.position : await positionAt(db, new Date(filter.since)));
    checkPosition(position);
    if (place.recent(position) === null) await checkBeginning(db, position);
    yield { events: [], position };
    const history = createAccountReader(db, registry, filter);
    let upTo = place.position;
    while (!signal.aborted) {
      while (position < upTo && !signal.aborted) {
        waiting.checkLog();
        const run = place.recent(position) ?? (await history.read(position, upTo));
        position = run.position;
        yield run;
      }
      for (const run of waiting.take()) {
        if (run.position <= position) continue;
        const after = position;
        position = run.position;
        yield startsAfter(run, after)
          ? run
          : { ...run, events: run.events.filter((event) => event.position > after) };
        if (signal.aborted) return;
      }
      upTo = Math.max(upTo, waiting.missedUpTo());
      if (position >= upTo) await waiting.next(signal);
      waiting.checkLog();
    }
  } finally {
    leave();
    signal.removeEventListener("abort", leave);
  }
}

/** Whether a run can be passed on as it is, so that its events stay the array that other streams get too. */
function startsAfter({ events }: LiveRun, position: number): boolean {
  return events.length === 0 || events[0]!.position > position;
}

/** Older events of one account, from the database. */
function createAccountReader(db: Database, registry: Registry, filter: NormalFilter) {
  const matches = createMatcher(filter);
  return {
    read: async (after: number, upTo: number): Promise<LiveRun> => {
      const run = await readAccountAfter(db, filter.account, after, upTo, READ_AT_ONCE);
      checkKept(await keptPositions(db), after); // after the read: retention may overtake a slow reader
      return {
        events: run.events.filter(matches).map((event) => positionedEvent(event, registry)),
        position: run.scannedTo,
      };
    },
  };
}

function checkPosition(after: number): void {
  if (!Number.isSafeInteger(after) || after < 0) {
    throw new TidingsError("INVALID_CURSOR", { detail: `after must be a position, not ${after}` });
  }
}

async function checkBeginning(db: Database, after: number): Promise<void> {
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
  let runs: LiveRun[] = [];
  let events = 0;
  let missed = 0;
  let wentBack = false;
  let wakeReader: (() => void) | undefined;
  const wake = () => wakeReader?.();
  return {
    wake,
    add: (run: LiveRun): void => {
      // Once something was left out, everything after it must come from the database too, or the order breaks.
      if (missed > 0 || events + run.events.length > MAX_WAITING_EVENTS) {
        missed = run.position;
        runs = [];
        events = 0;
      } else {
        // A reader that takes nothing must not collect one empty run after the other.
        if (runs.at(-1)?.events.length === 0) runs.pop();
        runs.push(run);
        events += run.events.length;
      }
      wake();
    },
    endAsWentBack: (): void => {
      wentBack = true;
      wake();
    },
    checkLog: (): void => {
      if (wentBack) throw new TidingsError("LOG_WENT_BACK");
    },
    take: (): LiveRun[] => {
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
      if (runs.length > 0 || missed > 0 || wentBack || signal.aborted) return;
      await new Promise<void>((resolve) => (wakeReader = resolve));
      wakeReader = undefined;
    },
  };
}
