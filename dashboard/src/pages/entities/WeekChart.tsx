import { useMemo } from "react";
import type { Series } from "../../charts/series.ts";
import { TimeChart } from "../../charts/TimeChart.tsx";
import type { EntityOverview } from "../../dashboardApi/entities.ts";
import { useNow } from "../../time/useNow.ts";
import { WEEK_MS, weekPoints } from "./weeks.ts";

export function WeekChart({ overview: { weeks, events, complete } }: { readonly overview: EntityOverview }) {
  const today = new Date(useNow()).toDateString();
  const points = useMemo(() => weekPoints(weeks, new Date(today)), [weeks, today]);
  const times = useMemo(() => points.map(({ at }) => at), [points]);
  const series = useMemo(
    (): Series[] => [{ name: "events", colour: "--lane-domain", values: points.map(({ count }) => count) }],
    [points],
  );
  const present = points.at(-1)!.count;
  return (
    <TimeChart
      title="By week"
      told={`${present.toLocaleString()} this week${complete ? "" : ` · the newest ${events.toLocaleString()} are counted`}`}
      times={times}
      series={series}
      format={(value) => `${value.toLocaleString()}`}
      formatTime={weekWords}
      stretchMs={WEEK_MS}
      whole
    />
  );
}

function weekWords(at: number): string {
  const day = new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return `Week of ${day}`;
}
