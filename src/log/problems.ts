import { inspect } from "node:util";
import { TidingsError } from "../errors.ts";
import { storableText } from "../events/limits.ts";
import { thrownByUpcaster, type PositionedEvent, type RecordedEvent } from "../events/recordedEvent.ts";

const ERROR_CHARACTERS = 4_000;

/** What is kept of an error: its stack, within bounds, without what PostgreSQL refuses. */
export function errorText(error: unknown): string {
  return storableText(wholeText(error), ERROR_CHARACTERS);
}

/** Handlers throw anything, also what makes String() throw; what failed must be written down all the same. */
function wholeText(error: unknown): string {
  if (typeof error === "string") return error;
  const stack: unknown = error instanceof Error ? error.stack : undefined;
  return typeof stack === "string" ? stack : inspect(error, { customInspect: false });
}

/** Says why this process cannot read an event. */
export function unreadableError(event: RecordedEvent | PositionedEvent): TidingsError {
  const { type, version, id, problem } = event;
  const where = "position" in event ? `at position ${event.position}` : `with the id ${id}`;
  if (problem === "upcast_failed") {
    const cause = thrownByUpcaster(event);
    const detail = `${type} version ${version} ${where}: its upcaster threw ${toldInShort(cause)}`;
    return new TidingsError("UPCAST_FAILED", { detail, cause });
  }
  return new TidingsError(problem === "unknown_type" ? "UNKNOWN_TYPE" : "WRONG_VERSION", {
    detail: `${type} version ${version} ${where}: ${problem?.replaceAll("_", " ")}`,
  });
}

const SHORT_CHARACTERS = 300;

/** `TypeError: Cannot read properties of null`, in one line. */
function toldInShort(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : wholeText(thrown);
  return storableText(text.replace(/\s+/g, " "), SHORT_CHARACTERS);
}
