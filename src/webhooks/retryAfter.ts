/**
 * How long a `retry-after` asks to wait: seconds, with decimals or without, or an HTTP date, which is compared with `nowMs` (the
 * database's clock). Null for what is neither. A date in the past is 0; nobody is left alone for longer than `mostMs`.
 */
export function retryAfterMs(
  header: string | readonly string[] | undefined,
  nowMs: number,
  mostMs: number,
): number | null {
  const asked = [header ?? []].flat().flatMap((value) => waitMs(value.trim(), nowMs) ?? []);
  // Of several the longest: asking early is the one thing that the header forbids.
  return asked.length === 0 ? null : Math.min(Math.max(0, ...asked), mostMs);
}

const SECONDS = /^\d+(\.\d+)?$/;

// The three forms of RFC 9110. All mean UTC, and only the third, asctime, does not say so.
const DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

function waitMs(value: string, nowMs: number): number | null {
  if (value.length > 100) return null;
  if (SECONDS.test(value)) return Math.ceil(Number(value) * 1_000);
  if (!DATES.some((form) => form.test(value))) return null;
  const time = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(time) ? null : Math.ceil(time - nowMs);
}
