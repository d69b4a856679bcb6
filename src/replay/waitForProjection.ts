import { aSignal, checkOption, checkOptions, type OptionKind } from "../checkOptions.ts";
import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { isEventId } from "../log/eventId.ts";
import { positionsOf } from "../log/positionsOf.ts";
import { readGenerations, type Generation } from "./generations.ts";

/** An event that record gave back, or a position. */
export type ProjectedEvent =
  { readonly account: string; readonly id: string } | { readonly position: number };

export interface WaitForOptions {
  /** Gives up after so many milliseconds. Default 5_000. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What lies between two looks, at first and at most: a worker in another process tells nobody. */
const FIRST_MS = 10;
const LAST_MS = 200;

/**
 * Resolves when the live tables of a projection hold an event. `onProgress` calls back whenever this process has handled
 * something, and returns what stops that. Throws PROJECTION_BEHIND, which says how far it is, PROJECTION_STOPPED or INVALID_OPTION.
 */
export async function waitForProjection(
  db: Database,
  name: string,
  event: ProjectedEvent,
  options: WaitForOptions,
  onProgress: (listener: () => void) => () => void,
): Promise<void> {
  checkWaitFor(event, options);
  const { timeoutMs = 5_000, signal } = options;
  const until = performance.now() + timeoutMs;
  let known = "position" in event ? event.position : null;
  for (let pause = FIRST_MS; ; pause = Math.min(pause * 2, LAST_MS)) {
    signal?.throwIfAborted();
    // It has none while its transaction is open, and until the sequencer has come to it.
    if (known === null && "id" in event)
      known = (await positionsOf(db, event.account, [event.id])).get(event.id) ?? null;
    const { generations, lastPosition } = await readGenerations(db, name);
    const live = generations.find(({ state }) => state === "live");
    if (known !== null && live && live.position >= known) return;
    const building = generations.some(({ state, worker }) => state === "building" && worker !== "stopped");
    if (live?.worker === "stopped" && !building) throw stopped(live);
    const left = until - performance.now();
    if (left <= 0)
      throw new TidingsError("PROJECTION_BEHIND", { detail: whereItIs(name, live, known, lastPosition) });
    await sleep(Math.min(pause, left), onProgress, signal);
  }
}

function checkWaitFor(event: ProjectedEvent, options: WaitForOptions): void {
  checkOption(event, anEvent, ["event"]);
  checkOptions(options, { timeoutMs: aDuration, signal: aSignal });
}

/** What holds both is an event that a subscription was given. */
const anEvent: OptionKind = {
  holds: (value) => {
    const { position, account, id } = (value ?? {}) as {
      position?: unknown;
      account?: unknown;
      id?: unknown;
    };
    if (position !== undefined) return Number.isSafeInteger(position);
    return typeof account === "string" && typeof id === "string" && isEventId(id);
  },
  must: "must be a recorded event, or { position }",
};

const aDuration: OptionKind = {
  holds: (value) => typeof value === "number" && value >= 0,
  must: "must be a number of milliseconds from 0",
};

/** With what failed: the first line of an error names it, the others say where. */
export function stopped({ name, position, lastError }: Generation): TidingsError {
  return new TidingsError("PROJECTION_STOPPED", {
    detail: `"${name}" stopped after position ${position}: ${lastError?.split("\n")[0] ?? "its process ended"}`,
  });
}

function whereItIs(
  name: string,
  live: Generation | undefined,
  position: number | null,
  lastPosition: number,
): string {
  const event = position === null ? "the event has no position yet" : `the event is at position ${position}`;
  if (!live) return `"${name}" is not built yet, the log ends at ${lastPosition}; ${event}`;
  return `"${name}" is at ${live.position} of ${lastPosition} (${live.worker}); ${event}`;
}

/** Until something was handled here, the time is over or the caller gives up. */
function sleep(
  ms: number,
  onProgress: (listener: () => void) => () => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    const stopListening = onProgress(end);
    signal?.addEventListener("abort", end);
    function end(): void {
      clearTimeout(timer);
      stopListening();
      signal?.removeEventListener("abort", end);
      resolve();
    }
  });
}
