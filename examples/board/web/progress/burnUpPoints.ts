import type { BurnUpDay } from "../../domain/readStatistics.ts";

const DAY_MS = 86_400_000;

/** One for each day from the first to `today` (`2026-11-27`): on a day without a change things stand as on the one before. */
export function burnUpPoints(days: readonly BurnUpDay[], today: string): BurnUpDay[] {
  const [first] = days;
  if (first === undefined) return [];
  const known = new Map(days.map((each) => [each.day, each]));
  const last = days.at(-1)!.day > today ? days.at(-1)!.day : today;
  const points: BurnUpDay[] = [];
  for (let time = Date.parse(first.day); time <= Date.parse(last); time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10);
    points.push(known.get(day) ?? { ...points.at(-1)!, day });
  }
  return points;
}
