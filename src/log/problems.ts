import { inspect } from "node:util";
import { TidingsError } from "../errors.ts";
import type { PositionedEvent, RecordedEvent } from "../events/recordedEvent.ts";

const ERROR_CHARACTERS = 4_000;

/** What is kept of an error: its stack, within bounds, without the one character that PostgreSQL refuses. */
export function errorText(error: unknown): string {
  const text = typeof error === "string" ? error : stackOf(error);
  return text.replaceAll("\0", "").slice(0, ERROR_CHARACTERS);
}

/** Handlers throw anything, also what makes String() throw; what failed must be written down all the same. */
function stackOf(error: unknown): string {
  const stack: unknown = error instanceof Error ? error.stack : undefined;
  return typeof stack === "string" ? stack : inspect(error, { customInspect: false });
}

/** Says why this process cannot read an event. */
export function unreadableError(event: RecordedEvent | PositionedEvent): TidingsError {
  const { type, version, id, problem } = event;
  const where = "position" in event ? `at position ${event.position}` : `with the id ${id}`;
  return new TidingsError(problem === "unknown_type" ? "UNKNOWN_TYPE" : "WRONG_VERSION", {
    detail: `${type} version ${version} ${where}: ${problem?.replaceAll("_", " ")}`,
  });
}
