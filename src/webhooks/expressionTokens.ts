import { TidingsError } from "../errors.ts";

export type Scalar = string | number | boolean | null;

/** A word is a name, an operator or a sign; a value is text in quotes or a number. Columns are counted from 1. */
export type Token =
  | { readonly kind: "word"; readonly text: string; readonly column: number }
  | { readonly kind: "value"; readonly value: string | number; readonly column: number };

// Each alternative begins with another character, so that none of them ever goes back: the time is that of reading once.
const SPACE = /[ \t\r\n]+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_-]*|!=|<=|>=|[=<>()[\],.]/y;
// oxlint-disable-next-line no-control-regex -- as JSON has it: control characters are escaped
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** Cuts a filter into its words and values. Throws INVALID_EXPRESSION at what is neither. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) at += found.length;
    return found;
  };
  for (;;) {
    match(SPACE);
    if (at === text.length) return tokens;
    const column = at + 1;
    const word = match(WORD);
    const value = word ?? match(TEXT) ?? match(NUMBER);
    if (word !== undefined) tokens.push({ kind: "word", text: word, column });
    else if (value !== undefined) tokens.push({ kind: "value", value: valueOf(value, column), column });
    else refuse(unreadable(text.slice(at)), column);
  }
}

/** Throws INVALID_EXPRESSION. */
export function refuse(what: string, column: number): never {
  throw new TidingsError("INVALID_EXPRESSION", { detail: `${what} (column ${column})`, path: ["filter"] });
}

function valueOf(json: string, column: number): string | number {
  let value: string | number;
  try {
    value = JSON.parse(json) as string | number;
  } catch {
    return refuse("The text has an escape that JSON does not know", column);
  }
  // PostgreSQL stores neither half a surrogate pair nor NUL, so that no event can hold them.
  if (typeof value === "string" && (!value.isWellFormed() || value.includes("\0")))
    refuse("The text has a character that cannot be stored", column);
  if (typeof value === "number" && !Number.isFinite(value)) refuse("The number is too large", column);
  return value;
}

function unreadable(rest: string): string {
  const [character] = rest;
  if (character === '"') return "The text in quotes has no end";
  if (character === "'") return 'Text stands in double quotes: "…"';
  return `Cannot read ${JSON.stringify(character)}`;
}
