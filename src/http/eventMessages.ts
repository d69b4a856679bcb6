import type { LiveRun } from "../live/channels.ts";
import type { LiveForm } from "./liveFormats.ts";
import type { SharedChunks } from "./sharedChunks.ts";

/** Events in one chunk of text. With the most that an event may hold, 64 KiB and the names of its entities, a chunk is at most 5 MiB. */
const EVENTS_AT_ONCE = 50;

/** A stopped server's clients come back within this time, not all at once. */
const RETRY_FROM_MS = 1_000;
const RETRY_UP_TO_MS = 4_000;

export interface EventMessages {
  readonly chunks: AsyncGenerator<string, void>;
  /**
   * A comment, so that proxies keep the connection; and where other events were passed over, an id without data: it
   * moves the reader's Last-Event-ID, so that coming back does not read all of them again.
   */
  readonly heartbeat: () => string;
  /** Up to where the reader is known to have been served. */
  readonly position: () => number;
}

/** Runs of events as server-sent events. An id is a position, and is sent after everything before it. */
export function eventMessages(
  begun: LiveRun,
  runs: AsyncGenerator<LiveRun, void>,
  form: LiveForm,
  shared: SharedChunks,
): EventMessages {
  let position = begun.position; // everything up to here was sent, or is not asked for
  let told = begun.position; // the last id that the reader got

  async function* chunks(): AsyncGenerator<string, void> {
    try {
      yield `retry: ${Math.round(RETRY_FROM_MS + Math.random() * (RETRY_UP_TO_MS - RETRY_FROM_MS))}\nid: ${position}\n\n`;
      yield* messagesOf(begun);
      for await (const run of runs) yield* messagesOf(run);
    } finally {
      // Also when the reader left before the loop began: what follows the log must be told to stop.
      await runs.return();
    }
  }

  async function* messagesOf(run: LiveRun): AsyncGenerator<string, void> {
    for (let from = 0; from < run.events.length; from += EVENTS_AT_ONCE) {
      const events = run.events.slice(from, from + EVENTS_AT_ONCE);
      yield await shared(run.events, `${form.name}:${from}`, () => form.messagesOf(events));
      told = position = events.at(-1)!.position;
    }
    position = run.position;
  }

  return {
    chunks: chunks(),
    position: () => position,
    heartbeat: () => {
      if (told === position) return ": heartbeat\n\n";
      told = position;
      return `: heartbeat\nid: ${position}\n\n`;
    },
  };
}
