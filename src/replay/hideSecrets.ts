import { TidingsError, isTidingsError } from "../errors.ts";
import type { Json } from "../events/serializable.ts";
import { wholeText } from "../log/problems.ts";

/** Shorter ones tell nothing where they stand, and would be taken out of the middle of every word. */
const SHORTEST = 3;

/**
 * The error as it may be written down: in its text `[sensitive]` stands for each secret. Its cause is the error as it was, for the
 * process that threw it. One that tells no secret stays itself.
 */
export function hideSecrets(error: unknown, secrets: readonly Json[]): unknown {
  const hidden = [...new Set(secrets.flatMap(textsOf))]
    .filter(({ length }) => length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length); // one may be part of another
  const hide = (text: string) =>
    hidden.reduce((told, secret) => told.replaceAll(secret, "[sensitive]"), text);
  const text = wholeText(error);
  const told = hide(text);
  if (told === text) return error;
  if (isTidingsError(error)) {
    const { code, detail, path } = error;
    return withStack(new TidingsError(code, { detail: detail && hide(detail), path, cause: error }), told);
  }
  const message = error instanceof Error ? hide(error.message) : told;
  return withStack(new Error(message, { cause: error }), told);
}

/** As they are, and as JSON would print them. */
function textsOf(value: Json): string[] {
  if (typeof value === "string") return [value, JSON.stringify(value).slice(1, -1)];
  if (typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function withStack(error: Error, stack: string): Error {
  error.stack = stack;
  return error;
}
