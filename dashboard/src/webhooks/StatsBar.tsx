import type { HalfHour } from "./stats.ts";

const CELL = 3;
const GAP = 1;
const HEIGHT = 20;

/** 48 half-hours: a full cell went well, what failed is marked from below. Empty cells: nothing was sent. */
export function StatsBar({ buckets }: { readonly buckets: readonly HalfHour[] | null }) {
  const width = 48 * (CELL + GAP) - GAP;
  return (
    <svg
      className="stats-bar"
      width={width}
      height={HEIGHT}
      role="img"
      aria-label={buckets === null ? "Loading" : describe(buckets)}
    >
      {(buckets ?? []).map(({ since, delivered, failed }, index) => {
        const all = delivered + failed;
        const x = index * (CELL + GAP);
        // A single failure among thousands is still seen: two pixels at least.
        const bad = failed === 0 ? 0 : Math.max(3, Math.round((failed / all) * HEIGHT));
        return (
          <g key={since.getTime()}>
            <rect
              x={x}
              width={CELL}
              height={HEIGHT}
              rx={1}
              className={all === 0 ? "cell-none" : "cell-good"}
            />
            {bad > 0 && <rect x={x} y={HEIGHT - bad} width={CELL} height={bad} rx={1} className="cell-bad" />}
          </g>
        );
      })}
    </svg>
  );
}

function describe(buckets: readonly HalfHour[]): string {
  const failing = buckets.filter(({ failed }) => failed > 0).length;
  const quiet = buckets.filter(({ delivered, failed }) => delivered + failed === 0).length;
  if (quiet === buckets.length) return "Nothing was sent in the last 24 hours";
  return failing === 0
    ? "No failures in the last 24 hours"
    : `Failures in ${failing} of the last 48 half-hours`;
}
