import { useEffect, useState, type PointerEvent } from "react";
import { barsOf, presentRate, STEP_MS, STEPS, type Rate, type RateBar } from "./rate.ts";

const HEIGHT = 32;

/** How busy the log is: ten minutes in steps of ten seconds, with the value under the pointer. */
export function RateStrip({ rate }: { readonly rate: Rate }) {
  const now = useSteadyNow();
  const [pointed, setPointed] = useState<number | null>(null);
  const bars = barsOf(rate, now);
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  const perSecond = presentRate(rate, now);
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointed(Math.min(STEPS - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * STEPS))));
  };
  const summary = `${total.toLocaleString()} ${total === 1 ? "event" : "events"} in 10 minutes`;
  return (
    <div className="rate figures">
      <p className="rate-now">
        <b>{formatRate(perSecond)}</b> <span className="quiet">events/s</span>
      </p>
      <svg
        className="rate-bars"
        viewBox={`0 0 ${STEPS * 4} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${summary}, now ${formatRate(perSecond)} a second`}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      >
        {bars.map(({ at, count }, index) => {
          // One event must be seen beside a thousand.
          const height = count === 0 ? 1 : Math.max(3, (count / most) * HEIGHT);
          return (
            <rect
              key={at}
              className={`${count === 0 ? "rate-none" : ""} ${index === pointed ? "rate-pointed" : ""}`}
              x={index * 4}
              y={HEIGHT - height}
              width={3}
              height={height}
            />
          );
        })}
      </svg>
      <p className="rate-about quiet">{pointed === null ? summary : barWords(bars[pointed]!)}</p>
    </div>
  );
}

function barWords({ at, count }: RateBar): string {
  const time = new Date(at).toLocaleTimeString(undefined, { hour12: false });
  return `${time} · ${count.toLocaleString()} in ${STEP_MS / 1_000} s`;
}

function formatRate(perSecond: number): string {
  return perSecond.toLocaleString(undefined, { maximumFractionDigits: perSecond < 10 ? 1 : 0 });
}

/** Moves every two seconds, so that bars go on while nothing comes. */
function useSteadyNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 2_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
