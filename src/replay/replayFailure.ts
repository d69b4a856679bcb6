import { TidingsError, isTidingsError, type ErrorCode } from "../errors.ts";
import { storableText } from "../events/limits.ts";
import type { ScannedEvent } from "./scanActions.ts";

/** Why a replay stopped, as its row keeps it. */
export interface ReplayFailure {
  readonly code: string;
  readonly message: string;
  /** The event that could not be replayed, where one is to blame. */
  readonly eventId: string | null;
}

/** Which event an error is about: programs need not read it out of the message. */
const events = new WeakMap<TidingsError, ScannedEvent>();

/** An error that says which event could not be replayed, and why. */
export function failedAt(event: ScannedEvent, code: ErrorCode, why: string, cause?: unknown): TidingsError {
  const { position, type, version, id } = event;
  const detail = `Position ${position}, ${type} version ${version}, event ${id}: ${why.replace(/\.$/, "")}`;
  const error = new TidingsError(code, { detail, cause });
  events.set(error, event);
  return error;
}

/** A database's message may hold a whole row. */
const MESSAGE_CHARACTERS = 2_000;

export function replayFailure(error: unknown): ReplayFailure {
  const message = storableText(error instanceof Error ? error.message : String(error), MESSAGE_CHARACTERS);
  if (!isTidingsError(error)) return { code: "INTERNAL", message, eventId: null };
  return { code: error.code, message, eventId: events.get(error)?.id ?? null };
}
