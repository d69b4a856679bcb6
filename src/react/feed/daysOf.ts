import { dayOf } from "../time/zonedTime.ts";
import { timeOf, type Entry } from "./entry.ts";

const known = new Map<string, Map<string, string>>();

/** The day of each entry in the zone. Days are kept by quarter of an hour, where every zone's midnight lies: 10,000 lines ask Intl some hundred times. */
export function daysOf(entries: readonly Entry[], timeZone: string | undefined): readonly string[] {
  const zone = timeZone ?? "";
  const days = known.get(zone) ?? new Map<string, string>();
  known.set(zone, days);
  return entries.map((entry) => {
    const quarter = Math.floor(Date.parse(timeOf(entry)) / 900_000) * 900_000;
    const key = String(quarter);
    let day = days.get(key);
    if (day === undefined) days.set(key, (day = dayOf(new Date(quarter), timeZone)));
    return day;
  });
}
