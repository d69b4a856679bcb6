import { useMemo } from "react";
import { dayWords, spanWords } from "../../charts/chartWords.ts";
import { largestSeries } from "../../charts/series.ts";
import { TimeChart } from "../../charts/TimeChart.tsx";
import { readEventStats, type EventStats } from "../../dashboardApi/eventStats.ts";
import { addressWith, goTo, usePlace } from "../../frame/place.ts";
import { useAsked } from "../../shared/useAsked.ts";

const REFRESH_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How much was recorded when, by type or by lane: both stand in the address. */
export function EventsChart() {
  const { query } = usePlace();
  const by = query.get("by") === "lane" ? "lane" : "type";
  const bucket = query.get("span") === "day" ? "hour" : "day";
  const { answer } = useAsked(`${by} by ${bucket}`, () => readEventStats({ by, bucket }), REFRESH_MS);
  return (
    <section className="events-chart" aria-label="Events over time">
      <div className="chart-choices">
        <Choice
          label="By"
          name="by"
          value={by}
          options={{ type: "By type", lane: "By lane" }}
          onChoose={(value) => ({ by: value === "type" ? null : value })}
        />
        <Choice
          label="Time"
          name="span"
          value={bucket === "hour" ? "day" : "month"}
          options={{ month: "30 days", day: "24 hours" }}
          onChoose={(value) => ({ span: value === "month" ? null : value })}
        />
      </div>
      {answer === null ? <div className="chart-space" /> : <Drawn stats={answer} bucket={bucket} />}
    </section>
  );
}

function Drawn({ stats, bucket }: { readonly stats: EventStats; readonly bucket: "hour" | "day" }) {
  const series = useMemo(() => largestSeries(stats.buckets), [stats]);
  const times = useMemo(() => stats.buckets.map(({ at }) => Date.parse(at)), [stats]);
  const sum = series.reduce((all, { values }) => all + values.reduce<number>((a, b) => a + (b ?? 0), 0), 0);
  const time = bucket === "hour" ? "the last 24 hours" : "the last 30 days";
  if (sum === 0)
    return (
      <p className="quiet chart-space">
        Nothing was recorded in {time}. The next event draws the first step.
      </p>
    );
  const least = stats.complete ? "" : "The newest ";
  return (
    <TimeChart
      title="Events"
      told={`${least}${sum.toLocaleString()} in ${time}`}
      times={times}
      series={series}
      stretchMs={bucket === "hour" ? HOUR_MS : 24 * HOUR_MS}
      whole
      format={(value) => value.toLocaleString()}
      formatTime={bucket === "hour" ? (at) => spanWords(at, HOUR_MS) : dayWords}
    />
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly options: Readonly<Record<string, string>>;
  readonly onChoose: (value: string) => Readonly<Record<string, string | null>>;
}

function Choice({ label, name, value, options, onChoose }: ChoiceProps) {
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{label}</legend>
      {Object.entries(options).map(([id, words]) => (
        <label key={id}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={value === id}
            onChange={() => goTo(addressWith(onChoose(id)), { replace: true })}
          />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
