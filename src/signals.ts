import { EventEmitter } from "node:events";

/**
 * What Tidings tells about its own work. It writes no log: subscribe here and log, count or trace as the app does.
 * Durations are milliseconds.
 */
export interface SignalMap {
  /** New positions were given. */
  "sequencer.ticked": { assigned: number; lastPosition: number; durationMs: number };
  /** The sweep numbered events that no tick had found. Rare on one node; explain it if it is not. */
  "sequencer.swept": { assigned: number; lastPosition: number };
  /** The log was found on another cluster (a restored dump, a move) and its order was repaired. */
  "sequencer.repaired": { assigned: number; lastPosition: number };
  /** A background loop failed and will try again. */
  "loop.failed": { loop: string; error: unknown; retryInMs: number };
  /** A batch was handled and its checkpoint committed. */
  "subscription.handled": {
    name: string;
    slot: number;
    events: number;
    position: number;
    durationMs: number;
  };
  /** A handler threw. `willRetryInMs` is null when the event was parked or the subscription stopped. */
  "subscription.failed": {
    name: string;
    slot: number;
    position: number;
    attempts: number;
    error: unknown;
    willRetryInMs: number | null;
  };
  "subscription.parked": { name: string; position: number; type: string; attempts: number };
  "subscription.stopped": { name: string; slot: number; position: number; error: unknown };
  /** Another process took the slot over while this one was working; its work was rolled back. */
  "subscription.lease_lost": { name: string; slot: number };
  /** What follows the log in this process threw at new events, which it thereby missed. The others got them. */
  "tail.failed": { error: unknown };
  /**
   * The log ended before `position`, or has another event there: a failover or restore took it back. Events that were handled,
   * sent and shown may be gone; this process forgot them and goes on with what is there.
   */
  "tail.went_back": { position: number; lastPosition: number };
  /** Another generation of a projection is what everybody reads from now on. */
  "projection.swapped": { name: string; version: number; generation: number };
  /** Tracked events were written. */
  "track.flushed": { events: number; durationMs: number };
  /** Tracked events were lost: the buffer was full, the event was invalid, or the database refused it. */
  "track.dropped": { events: number; reason: "buffer_full" | "invalid" | "rejected"; error?: unknown };
  /** The partition of a month of events, or of a quarter of timeline rows, was closed and the next one opened. */
  "partition.split": { table: string; lane: string | null; until: string };
  /** An entity's `load` threw, or gave what is no list of entities: they were shown as recorded, without links. */
  "entity.load_failed": { entity: string; account: string; ids: readonly string[]; error: unknown };
  /** A live stream was closed because its reader did not keep up. */
  "live.dropped": { account: string; position: number };
  /** An endpoint answered 2xx. */
  "webhook.delivered": {
    account: string;
    endpoint: string;
    delivery: string;
    attempt: number;
    durationMs: number;
  };
  /** A try failed. `willRetryInMs` is null when it was the last one, or when the delivery is held. */
  "webhook.failed": {
    account: string;
    endpoint: string;
    delivery: string;
    failure: string;
    status: number | null;
    willRetryInMs: number | null;
  };
  /** A backfill went on without an event: its `write` or a `publicId` threw, or this process cannot read it. */
  "webhook.passed_over": {
    account: string;
    endpoint: string;
    job: string;
    position: number;
    type: string;
    error: unknown;
  };
  /** An endpoint was disabled by its own answers: see `reason`. */
  "webhook.disabled": { account: string; endpoint: string; reason: string };
  /** An endpoint's circuit breaker opened, or closed again. */
  "webhook.breaker": { account: string; endpoint: string; state: "open" | "closed" };
  /** The sweep found deliveries whose worker died, or wake-ups that were lost. */
  "webhook.swept": { released: number; woken: number };
  /** A request failed for a reason that is not the client's. */
  "http.failed": { method: string; path: string; error: unknown };
}

export interface Signals {
  /** Calls `listener` at each signal; returns a function that stops it. */
  on<Name extends keyof SignalMap>(name: Name, listener: (signal: SignalMap[Name]) => void): () => void;
  emit<Name extends keyof SignalMap>(name: Name, signal: SignalMap[Name]): void;
}

export function createSignals(): Signals {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    on: (name, listener) => {
      emitter.on(name, listener);
      return () => emitter.off(name, listener);
    },
    emit: (name, signal) => {
      for (const listener of emitter.listeners(name)) {
        try {
          listener(signal);
        } catch (error) {
          // The work that is told about must not fail, be repeated or end because somebody's logging does.
          process.emitWarning(`A listener of the signal "${name}" threw: ${String(error)}`, "TidingsWarning");
        }
      }
    },
  };
}
