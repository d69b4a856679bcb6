import { inspect } from "node:util";
import { TidingsError, isTidingsError } from "../errors.ts";
import type { Json } from "../events/serializable.ts";

/** Shorter ones tell nothing where they stand, and would be taken out of the middle of every word. */
const SHORTEST = 3;

/**
 * The error as it may be written down: in its texts `[sensitive]` stands for each secret. Its cause is the error as it was, for the
 * process that threw it. One that tells no secret stays itself; what is no error becomes one.
 */
export function hideSecrets(error: unknown, secrets: readonly Json[]): unknown {
  const patterns = [...new Set(secrets.flatMap(textsOf))].map(patternOf);
  if (patterns.length === 0) return error;
  const hide = (text: string) => hideAll(text, patterns);
  if (!(error instanceof Error)) {
    const told = hide(printed(error));
    return Object.assign(new Error(told, { cause: error }), { stack: told });
  }
  // Each for itself: a stack may be older than the message, or be without it.
  const message = hide(printed(error.message));
  const stack = typeof error.stack === "string" ? hide(error.stack) : message;
  if (!isTidingsError(error)) {
    if (message === error.message && stack === error.stack) return error;
    return Object.assign(new Error(message, { cause: error }), { stack });
  }
  const { code, path } = error;
  const detail = error.detail === undefined ? undefined : hide(error.detail);
  if (message === error.message && stack === error.stack && detail === error.detail) return error;
  return Object.assign(new TidingsError(code, { detail, path, cause: error }), { message, stack });
}

/** As they are, and as JSON and `inspect` would print them. */
function textsOf(value: Json): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsOf);
  if (typeof value !== "string" && typeof value !== "number") return [];
  const text = String(value);
  if (text.length < SHORTEST) return [];
  // Beside all three quotes those of the text are escaped, beside fewer they are not.
  const escaped = printed([`"\`'${text}`]).slice(`[ '"\`\\'`.length, -`' ]`.length);
  return [text, JSON.stringify(text).slice(1, -1), escaped, escaped.replaceAll("\\'", "'")];
}

/** Of an error inside of another value `inspect` indents the lines. */
function patternOf(secret: string): RegExp {
  return new RegExp(secret.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll("\n", "\n *"), "g");
}

/**
 * All at once: one secret may be a part of another, or of the marker, and two may overlap. What was shown of the shorter one would tell
 * the rest.
 */
function hideAll(text: string, patterns: readonly RegExp[]): string {
  const spans = patterns.flatMap((pattern) => spansOf(text, pattern)).toSorted((a, b) => a.from - b.from);
  let told = "";
  let shown = 0;
  for (const { from, to } of spans) {
    if (from >= shown) told += `${text.slice(shown, from)}[sensitive]`;
    shown = Math.max(shown, to);
  }
  return told + text.slice(shown);
}

function spansOf(text: string, pattern: RegExp): { from: number; to: number }[] {
  const spans = [];
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    spans.push({ from: found.index, to: pattern.lastIndex });
    pattern.lastIndex = found.index + 1; // it may overlap itself
  }
  return spans;
}

/** Without what would break a text up: lines of their own, an ellipsis. */
function printed(value: unknown): string {
  if (typeof value === "string") return value;
  return inspect(value, { customInspect: false, breakLength: Infinity, maxStringLength: Infinity });
}
