import type { WeekCount } from "../../dashboardApi/entities.ts";

export interface WeekPoint {
  /** Its Monday at midnight, in the reader's time zone: milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
}

/** A quarter: with fewer, one busy week would look like a wall. */
const FEWEST = 13;
const MOST = 53;

/** Every week up to the present one, also those in which nothing happened. */
export function weekPoints(weeks: readonly WeekCount[], now: Date): readonly WeekPoint[] {
  const counts = new Map(weeks.map(({ week, count }) => [week, count]));
  const last = mondayOf(now);
  const first = weeks[0] ? dateOf(weeks[0].week) : last;
  const span = Math.round((last.getTime() - first.getTime()) / WEEK_MS) + 1;
  const shown = Math.min(MOST, Math.max(FEWEST, span));
  return Array.from({ length: shown }, (_, index) => {
    const monday = new Date(last);
    // By the calendar: a week in which the clocks change has 167 or 169 hours.
    monday.setDate(last.getDate() - 7 * (shown - 1 - index));
    return { at: monday.getTime(), count: counts.get(textOf(monday)) ?? 0 };
  });
}

export const WEEK_MS = 7 * 86_400_000;

function mondayOf(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - ((date.getDay() + 6) % 7));
}

function dateOf(week: string): Date {
  const [year, month, day] = week.split("-").map(Number);
  return new Date(year!, month! - 1, day);
}

function textOf(date: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
