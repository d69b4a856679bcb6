import { clockTime, dayOf, formatDate, type Zone } from "./zonedTime.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "just now", "20 sec", "12 min", "3 hr" for today; the time of day for other days, whose heading names the day. */
export function relativeTime(at: Date, now: number, zone: Zone, justNow: string): string {
  const age = now - at.getTime();
  if (age < 10 * SECOND) return justNow;
  if (age < MINUTE) return unit(10 * Math.floor(age / (10 * SECOND)), "second", zone.locale);
  if (age < HOUR) return unit(Math.floor(age / MINUTE), "minute", zone.locale);
  const today = dayOf(at, zone.timeZone) === dayOf(new Date(now), zone.timeZone);
  return today ? unit(Math.floor(age / HOUR), "hour", zone.locale) : clockTime(at, zone);
}

/** "Today", "Yesterday", "Monday, November 16". `day` and `today` are what `dayOf` gave. */
export function dayHeading(day: string, today: string, zone: Zone): string {
  const noon = new Date(`${day}T12:00:00Z`);
  const days = (noon.getTime() - Date.parse(`${today}T12:00:00Z`)) / DAY;
  if (days === 0 || days === -1) {
    const words = new Intl.RelativeTimeFormat(zone.locale, { numeric: "auto" }).format(days, "day");
    return words.charAt(0).toLocaleUpperCase(zone.locale) + words.slice(1);
  }
  return formatDate(
    noon,
    { ...zone, timeZone: "UTC" },
    { weekday: "long", day: "numeric", month: "long", ...(days < -180 && { year: "numeric" }) },
  );
}

function unit(count: number, name: "second" | "minute" | "hour", locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" }).format(count);
}
