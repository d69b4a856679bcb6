import { dayOf } from "./zonedTime.ts";

const HOUR = 3_600_000;

/** When a day (`2026-03-29`) begins and ends in a zone, as ISO texts: 23 or 25 hours where clocks change. */
export function dayBounds(day: string, timeZone: string | undefined): { since: string; until: string } {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const next = new Date(noon + 24 * HOUR).toISOString().slice(0, 10);
  return {
    since: new Date(startOf(day, timeZone)).toISOString(),
    until: new Date(startOf(next, timeZone)).toISOString(),
  };
}

/** The first quarter of an hour that belongs to the day: every zone's midnight lies on one. */
function startOf(day: string, timeZone: string | undefined): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Zones are from 12 hours behind to 14 ahead of UTC.
  let [low, high] = [midnight - 15 * HOUR, midnight + 13 * HOUR];
  while (high - low > HOUR / 4) {
    const middle = low + Math.floor((high - low) / (HOUR / 2)) * (HOUR / 4);
    if (dayOf(new Date(middle), timeZone) < day) low = middle;
    else high = middle;
  }
  return high;
}
