import { TidingsError } from "../errors.ts";

/** The size of what an endpoint may add to each request: 80 KiB at the most, and most servers take 8 to 32. */
export const headerLimits = { headers: 20, nameCharacters: 256, valueBytes: 4_096 } as const;

/** Set by the connection or by us. A second one would split the request, or contradict what was signed. */
const REFUSED_NAMES: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "stripe-signature",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]);

/** What the schemes and formats write. */
const REFUSED_PREFIXES = ["webhook-", "x-webhook-", "x-hub-signature", "x-github-", "x-tidings-", "ce-"];

/** A token of RFC 9110: letters, digits and some signs. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Latin-1 without control characters; a tab may stand inside. Anything else fails when the request is sent. */
export const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Gives the headers that an endpoint adds to each request, with their names as they were written. Throws INVALID_ENDPOINT, whose
 * path names the header; no message repeats a value, because values are secrets.
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers);
  if (entries.length > headerLimits.headers) {
    throw refused([], `${entries.length} headers are more than the limit of ${headerLimits.headers}`);
  }
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    checkName(name);
    checkValue(name, value);
    const lowered = name.toLowerCase();
    if (seen.has(lowered)) throw refused([name], "the header is given twice, in different case");
    seen.add(lowered);
  }
  // Not by assignment: that would lose a header named __proto__.
  return Object.fromEntries(entries);
}

function checkName(name: string): void {
  if (name.length > headerLimits.nameCharacters) {
    throw refused(
      [name.slice(0, headerLimits.nameCharacters)],
      `a header's name has at most ${headerLimits.nameCharacters} characters`,
    );
  }
  if (!NAME.test(name)) {
    throw refused([name], "a header's name consists of letters, digits and !#$%&'*+-.^_`|~");
  }
  const lowered = name.toLowerCase();
  if (REFUSED_NAMES.has(lowered) || REFUSED_PREFIXES.some((prefix) => lowered.startsWith(prefix))) {
    throw refused([name], "this header is set by Tidings");
  }
}

function checkValue(name: string, value: unknown): void {
  if (typeof value !== "string") throw refused([name], "a header's value is text");
  if (!HEADER_VALUE.test(value)) {
    throw refused(
      [name],
      "a header's value has characters of Latin-1, without line breaks or control characters",
    );
  }
  if (value !== value.trim()) throw refused([name], "a header's value neither begins nor ends with a space");
  // One character of Latin-1 is one byte on the wire.
  if (value.length > headerLimits.valueBytes) {
    throw refused([name], `a header's value has at most ${headerLimits.valueBytes} bytes`);
  }
}

function refused(path: readonly string[], detail: string): TidingsError {
  return new TidingsError("INVALID_ENDPOINT", { detail, path: ["headers", ...path] });
}
