import type { Series } from "./series.ts";

/** Two lines of 12 px do not fit closer. */
const APART = 17;

/** The names of the lines where they end, pushed apart where they would cover each other. Read out by the chart itself. */
export function EndLabels({
  series,
  tops,
}: {
  readonly series: readonly Series[];
  readonly tops: readonly number[];
}) {
  const places = apart(series.map((_, index) => tops[index] ?? 0));
  return (
    <div className="end-labels" aria-hidden>
      {tops.length === series.length &&
        series.map(({ name, colour }, index) => (
          <span key={name} style={{ top: places[index], borderColor: `var(${colour})` }}>
            {name}
          </span>
        ))}
    </div>
  );
}

/** From the lowest line upwards: each at least so far above the one before. */
function apart(tops: readonly number[]): number[] {
  const places = [...tops];
  let limit = Number.POSITIVE_INFINITY;
  for (const index of [...tops.keys()].toSorted((a, b) => tops[b]! - tops[a]!)) {
    places[index] = Math.min(tops[index]!, limit);
    limit = places[index] - APART;
  }
  return places;
}
