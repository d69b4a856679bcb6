/** `2026-11-27` as "Fri 27 Nov", in the reader's language. The day is UTC's, and must not shift. */
export function dayName(day: string): string {
  return new Date(day).toLocaleDateString(undefined, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}
