const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** "just now", "25 s", "12 min", "3 h" for today; the clock time for other days, whose heading names the day. */
export function relativeTime(at: Date, now: number): string {
  const age = now - at.getTime();
  if (age < 10_000) return "just now";
  if (age < MINUTE) return `${Math.floor(age / 1_000)} s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  return isSameDay(at, new Date(now)) ? `${Math.floor(age / HOUR)} h` : clockTime(at);
}

/** The same where no heading names the day: "Tue, 16:40". */
export function relativeTimeWithDay(at: Date, now: number): string {
  if (now - at.getTime() < HOUR || isSameDay(at, new Date(now))) return relativeTime(at, now);
  const day = at.toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short" });
  return `${day}, ${clockTime(at)}`;
}

export function exactTime(at: Date): string {
  return at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
}

function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

function clockTime(at: Date): string {
  return at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}
