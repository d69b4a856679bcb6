import { setTimeout as pause } from "node:timers/promises";
import { aBoolean, checkOptions, milliseconds } from "./checkOptions.ts";
import type { Database } from "./db/database.ts";
import { checkEventsVisible } from "./db/grants.ts";
import { checkSchema } from "./db/migrate.ts";
import { TidingsError } from "./errors.ts";
import type { Tracker } from "./events/track.ts";
import type { Loop } from "./log/loop.ts";
import { lastPosition } from "./log/readPositions.ts";
import type { Sequencer } from "./log/sequencer.ts";
import type { SubscriptionRunner } from "./log/subscriptions.ts";
import type { Tail } from "./log/tail.ts";

export interface Lifecycle {
  /**
   * Starts the loops: positions, subscriptions, partitions, live. `worker: false` only listens, for processes that
   * serve requests while another one runs the worker. Throws SCHEMA_MISSING, SCHEMA_OUTDATED, SCHEMA_NEWER
   * or SCHEMA_RENAMED, EVENTS_HIDDEN or ROWS_HIDDEN where row level security hides some, ALREADY_STARTED where it runs, SLOTS_CHANGED where a subscription
   * exists with another number of slots, INVALID_OPTION.
   */
  start(options?: { worker?: boolean | undefined }): Promise<void>;
  /** Ends the loops after the step under way, writes what was tracked, ends live streams; later ones get STOPPED. */
  stop(): Promise<void>;
  /**
   * For serverless and cron: works until everything is handled or `forMs` (default 10_000) is over. What is under way then still
   * ends: a handler's call, and a webhook's request, which takes up to the longest `timeoutMs` of the endpoints (15 seconds
   * where nothing else is asked for, at most 30). Leave that much before whoever runs this kills the process. Throws what `start`
   * throws.
   */
  work(options?: {
    forMs?: number | undefined;
  }): Promise<{ readonly caughtUp: boolean; readonly position: number }>;
}

/** Effects that a room works off by itself beside the subscriptions. */
export interface BackgroundWork {
  start(): void;
  /** Ends what is under way and begins nothing new. */
  stop(): Promise<void>;
  /** Another process queued something. */
  wake(): void;
  /** Nothing is due and nothing under way. */
  idle(): Promise<boolean>;
}

export interface LifecycleDependencies {
  readonly db: Database;
  readonly sequencer: Sequencer;
  readonly maintenance: Loop;
  readonly tail: Tail;
  readonly runner: SubscriptionRunner;
  readonly tracker: Tracker;
  /** Null where webhooks are not switched on. */
  readonly webhooks: BackgroundWork | null;
  /** How long `work` rests between two looks at the log. */
  readonly tickMs: number;
}

/** What ends what was begun beside the loops. */
export interface StopSignals {
  /** Ends live streams begun now: with the loops that feed them, also those of `work`. */
  readonly ofStreams: () => AbortSignal;
  /** Ends replays begun now: with `stop` alone. They need no loop, and who works for a minute need not undo an hour's replay. */
  readonly ofReplays: () => AbortSignal;
}

/** What runs in this process between `start` and `stop`. */
export function createLifecycle(
  dependencies: LifecycleDependencies,
): Lifecycle & { readonly stopSignals: StopSignals } {
  const { db, sequencer, maintenance, tail, runner, tracker, webhooks, tickMs } = dependencies;
  let stopLive = new AbortController();
  let stopReplays = new AbortController();
  let stopListening: (() => Promise<void>) | undefined;
  let starting: Promise<void> | undefined;

  async function start(options: { worker?: boolean | undefined } = {}): Promise<void> {
    checkOptions(options, { worker: aBoolean });
    const { worker = true } = options;
    if (starting) throw new TidingsError("ALREADY_STARTED");
    starting = begin(worker);
    try {
      await starting;
    } catch (error) {
      await endLoops(); // half a start must not run on
      throw error;
    }
  }

  async function begin(worker: boolean): Promise<void> {
    await checkSchema(db);
    await checkEventsVisible(db);
    if (stopLive.signal.aborted) stopLive = new AbortController();
    if (stopReplays.signal.aborted) stopReplays = new AbortController();
    stopListening = await listen(db, {
      onRecorded: sequencer.loop.wake,
      onPosition: tail.advance,
      onWebhooks: () => webhooks?.wake(),
    });
    if (!worker) return;
    sequencer.loop.start();
    maintenance.start();
    await runner.start();
    webhooks?.start();
  }

  async function stop(): Promise<void> {
    stopReplays.abort();
    await endLoops();
  }

  async function endLoops(): Promise<void> {
    // A start under way finishes first: what it starts after a stop would run for ever.
    await starting?.catch(() => undefined);
    stopLive.abort();
    await tracker.flush();
    await Promise.all([runner.stop(), webhooks?.stop()]);
    await tracker.flush(); // what handlers tracked that have just ended
    await Promise.all([sequencer.loop.stop(), maintenance.stop(), tail.loop.stop()]);
    await stopListening?.();
    stopListening = undefined;
    starting = undefined;
  }

  async function work(options: { forMs?: number | undefined } = {}) {
    checkOptions(options, { forMs: milliseconds() });
    const { forMs = 10_000 } = options;
    const until = performance.now() + forMs;
    await tracker.flush();
    await start();
    let position: number | null = null;
    let caughtUp = false;
    try {
      // Once in any case: a cold start alone may take longer than it is given, time and again.
      do {
        // In this order: a handler may have recorded something just before it had handled everything.
        const handled = await runner.caughtUp(position ?? 0);
        const { outcome, lastPosition: now } = await sequencer.tick();
        const delivered = webhooks === null || (await webhooks.idle());
        caughtUp = handled && outcome === "idle" && now === (position ?? 0) && delivered;
        position = now ?? position;
        if (!caughtUp) await pause(tickMs);
      } while (!caughtUp && performance.now() < until);
    } finally {
      await endLoops();
      stopLive = new AbortController(); // between two turns of work this process may serve streams
    }
    // Where others ticked all the time, the loop of this process among them.
    return { caughtUp, position: position ?? (await lastPosition(db)) };
  }

  const stopSignals = { ofStreams: () => stopLive.signal, ofReplays: () => stopReplays.signal };
  return { start, stop, work, stopSignals };
}

interface News {
  onRecorded(): void;
  onPosition(position: number): void;
  onWebhooks(): void;
}

/**
 * Other processes' news, on one channel: nothing when something was recorded, `webhooks` when deliveries wait, otherwise a
 * position that was given. Only makes things faster: without it the loops look by themselves.
 */
async function listen(db: Database, { onRecorded, onPosition, onWebhooks }: News) {
  return db.listen?.("tidings.log", (payload) => {
    if (payload === "") onRecorded();
    else if (payload === "webhooks") onWebhooks();
    else if (/^\d+$/.test(payload)) onPosition(Number(payload));
  });
}
