import { useId, useMemo, useState } from "react";
import { ChartTable } from "../../charts/ChartTable.tsx";
import { dayWords } from "../../charts/chartWords.ts";
import type { Series } from "../../charts/series.ts";
import { readEventStats, type EventStats } from "../../dashboardApi/eventStats.ts";
import { Slider } from "../../shared/Slider.tsx";
import { useAsked } from "../../shared/useAsked.ts";

interface DaySliderProps {
  /** Milliseconds since 1970; null: now. */
  readonly at: number | null;
  readonly onChange: (at: number | null) => void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The last thirty days as a bar each, and a slider beneath them that goes by the hour. What comes after it is pale. */
export function DaySlider({ at, onChange }: DaySliderProps) {
  const { answer } = useAsked("replay days", () => readEventStats({ by: "lane", bucket: "day" }));
  if (answer === null || answer.buckets.length === 0) return <div className="day-slider day-slider-space" />;
  return <Days stats={answer} at={at} onChange={onChange} />;
}

interface DaysProps extends DaySliderProps {
  readonly stats: EventStats;
}

function Days({ stats, at, onChange }: DaysProps) {
  const bodyId = useId();
  const [asTable, setAsTable] = useState(false);
  const [now] = useState(() => Date.now());
  const days = useMemo(
    () => stats.buckets.map((bucket) => ({ at: Date.parse(bucket.at), count: sum(bucket.counts) })),
    [stats],
  );
  const first = days[0]!.at;
  const hours = Math.max(1, Math.ceil((now - first) / HOUR_MS));
  const most = Math.max(1, ...days.map(({ count }) => count));
  const end = at ?? now;
  const series: Series[] = [
    { name: "events", colour: "--lane-domain", values: days.map(({ count }) => count) },
  ];
  const choose = (hour: number) => onChange(hour >= hours ? null : first + hour * HOUR_MS);
  return (
    <div className="day-slider">
      <p className="day-slider-told figures">
        <b>Events by day</b>
        <span className="quiet">{end < first ? "Before all that is shown" : `Since ${dayWords(first)}`}</span>
        <button
          type="button"
          className="link-button"
          aria-label={asTable ? "Show as chart: Events by day" : "Show as table: Events by day"}
          aria-expanded={asTable}
          aria-controls={bodyId}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "Show as chart" : "Show as table"}
        </button>
      </p>
      <div id={bodyId}>
        {asTable ? (
          <ChartTable
            title="Events by day"
            times={days.map((day) => day.at)}
            series={series}
            format={(value) => value.toLocaleString()}
            formatTime={dayWords}
          />
        ) : (
          <div className="day-bars" aria-hidden>
            {days.map((day) => (
              <span
                key={day.at}
                title={`${dayWords(day.at)}: ${day.count.toLocaleString()} events`}
                data-after={day.at >= end || undefined}
                style={{
                  flexGrow: Math.min(now, day.at + DAY_MS) - day.at,
                  height: `${day.count === 0 ? 0 : Math.max(4, (100 * day.count) / most)}%`,
                }}
              />
            ))}
          </div>
        )}
      </div>
      <Slider
        label="Until when"
        min={0}
        max={hours}
        value={Math.min(hours, Math.max(0, Math.round((end - first) / HOUR_MS)))}
        told={at === null ? "Now" : momentWords(at)}
        onChange={choose}
      />
    </div>
  );
}

function momentWords(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" });
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}
