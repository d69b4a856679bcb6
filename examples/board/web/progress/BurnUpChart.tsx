import { type PointerEvent, useState } from "react";
import type { BurnUpDay } from "../../domain/readStatistics.ts";
import { dayName } from "./dayName.ts";

interface BurnUpChartProps {
  readonly days: readonly BurnUpDay[];
}

/** Cards and done cards by day, from zero. The value under the pointer stands at the right, otherwise today's. */
export function BurnUpChart({ days }: BurnUpChartProps) {
  const [chosen, choose] = useState<number | null>(null);
  if (days.length === 0) return null;
  const last = days.length - 1;
  const shown = days[Math.min(chosen ?? last, last)]!;
  const most = Math.max(1, ...days.map(({ total }) => total));
  // One day has no width: it is drawn as a level line.
  const drawn = last === 0 ? [days[0]!, days[0]!] : days;
  const x = (index: number) => (index / (drawn.length - 1)) * 100;
  const y = (value: number) => 100 - (value / most) * 100;
  const line = (value: (point: BurnUpDay) => number) =>
    drawn.map((point, index) => `${index === 0 ? "M" : "L"}${x(index)} ${y(value(point))}`).join("");
  const done = line((point) => point.done);

  const underPointer = ({ clientX, currentTarget }: PointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    choose(Math.round(Math.min(1, Math.max(0, (clientX - left) / width)) * last));
  };
  return (
    <div className="burn-up">
      {/* For eyes: the table behind the button has the same figures. */}
      <div
        className="burn-up-plot"
        aria-hidden
        onPointerMove={underPointer}
        onPointerLeave={() => choose(null)}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none">
          <path className="burn-up-area" d={`${done}L100 100L0 100Z`} />
          <path className="burn-up-total" d={line((point) => point.total)} />
          <path className="burn-up-done" d={done} />
          {chosen !== null && <path className="burn-up-day" d={`M${x(chosen)} 0V100`} />}
        </svg>
        <p className="burn-up-ends">
          <span>{dayName(days[0]!.day)}</span>
          <span>{last === 0 ? "" : dayName(days[last]!.day)}</span>
        </p>
      </div>
      <p className="burn-up-figures figures" aria-hidden>
        <span className="burn-up-label-total">{plural(shown.total)}</span>
        <span className="burn-up-label-done">{shown.done.toLocaleString()} done</span>
        <span>{chosen === null ? "now" : dayName(shown.day)}</span>
      </p>
    </div>
  );
}

function plural(cards: number): string {
  return `${cards.toLocaleString()} ${cards === 1 ? "card" : "cards"}`;
}
