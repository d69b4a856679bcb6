import { TidingsError } from "../errors.ts";

/** A day as people write it: `2026-03-29`. */
export type DayText = string;

/** The days of one time zone. They have 23 to 25 hours, or none at all: each ends where the next one begins. */
export interface TimeZone {
  /** The day that a moment, in milliseconds since 1970, belongs to. */
  dayOf(time: number): DayText;
  /** A day's first millisecond. Of one that the zone left out (Apia had no 2011-12-30): that of the next. */
  startOf(day: DayText): number;
}

const DAY_MS = 86_400_000;
/** Zones lie from 12 hours behind UTC to 14 ahead: a day begins within so much of its midnight in UTC. */
const WIDEST_OFFSET_MS = 16 * 3_600_000;
/** Eleven years; some 200 KB in a zone. */
const MOST_DAYS_KEPT = 4_000;

const zones = new Map<string, TimeZone>();

/** Throws INVALID_TIME_ZONE for a name that the IANA database does not have. */
export function timeZone(name: string): TimeZone {
  const format = dayFormat(name);
  // Names have aliases and any case; there are some 400 zones.
  const { timeZone: canonical } = format.resolvedOptions();
  const zone = zones.get(canonical) ?? createTimeZone(format);
  zones.set(canonical, zone);
  return zone;
}

/**
 * The clock of the zone is asked where a day begins and not computed with: it may go from 23:59 to 01:00, or pass over a
 * day. It takes 6 µs to answer, so that what it said is kept.
 */
function createTimeZone(format: Intl.DateTimeFormat): TimeZone {
  const starts = new Map<number, number>();
  let lastOffset = 0;

  // Days by number, from 1970-01-01 on.
  const startOf = (day: number): number => {
    const known = starts.get(day);
    if (known !== undefined) return known;
    const text = sortable(dayText(day));
    const isBefore = (time: number) => sortable(format.format(time)) < text;
    const midnight = day * DAY_MS;
    let start = midnight - lastOffset;
    if (isBefore(start) || !isBefore(start - 1)) {
      let before = midnight - WIDEST_OFFSET_MS;
      start = midnight + WIDEST_OFFSET_MS;
      while (start - before > 1) {
        const middle = Math.floor((before + start) / 2);
        if (isBefore(middle)) before = middle;
        else start = middle;
      }
    }
    lastOffset = midnight - start;
    if (starts.size === MOST_DAYS_KEPT) starts.clear();
    starts.set(day, start);
    return start;
  };

  return {
    startOf: (day) => startOf(dayNumber(day)),
    dayOf: (time) => {
      let day = Math.floor((time + lastOffset) / DAY_MS);
      while (time < startOf(day)) day--;
      while (time >= startOf(day + 1)) day++;
      return dayText(day);
    },
  };
}

/** The day after, on the calendar. */
export function nextDay(day: DayText): DayText {
  return dayText(dayNumber(day) + 1);
}

/** True for a day of the calendar from 1970 on. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && dayNumber(text) >= 0 && dayText(dayNumber(text)) === text;
}

function dayText(day: number): DayText {
  return new Date(day * DAY_MS).toISOString().split("T")[0]!;
}

/** With five digits of the year: claimed times reach from the year 1 to 9999, of which the last day ends in the year 10000. */
function sortable(day: string): string {
  return day.replace(/^\+0/, "").padStart(11, "0");
}

function dayNumber(day: DayText): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

function dayFormat(name: string): Intl.DateTimeFormat {
  try {
    // An offset ("+02:00") knows no summer time, and no name at all would be the server's own zone.
    if (!/^[A-Za-z]/.test(name)) throw new RangeError("not a name");
    // Swedish writes a day as ISO 8601 does; the calendar is named, because a locale may bring its own.
    return new Intl.DateTimeFormat("sv-SE", {
      timeZone: name,
      calendar: "gregory",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
  } catch (cause) {
    const detail = `"${String(name).slice(0, 50)}"`;
    throw new TidingsError("INVALID_TIME_ZONE", { detail, path: ["timeZone"], cause });
  }
}
