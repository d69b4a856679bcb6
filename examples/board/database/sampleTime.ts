const DAY_MS = 86_400_000;

/** `onDay(-1, "16:48")`: yesterday at that time, where the server stands. */
export function onDay(offset: number, time: string): Date {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const day = new Date(Date.now() + offset * DAY_MS);
  day.setHours(hours, minutes, 0, 0);
  return day;
}

/** At most six hours, so that it lies after everything that happened `onDay(-1, …)` even just past midnight. */
export function minutesAgo(minutes: number): Date {
  return new Date(Date.now() - minutes * 60_000);
}

/** The date some days from today, as a due date is written: `2026-11-27`. */
export function dayFromNow(days: number): string {
  const day = onDay(days, "12:00");
  const two = (number: number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
