import { useMemo } from "react";
import { clockWords, secondsWords } from "../../charts/chartWords.ts";
import { useLagSamples } from "../../charts/lagSamples.ts";
import type { Series } from "../../charts/series.ts";
import { TimeChart } from "../../charts/TimeChart.tsx";
import { describeDuration } from "../../shared/duration.ts";

/** Nobody keeps a history of it, so the page shows what it saw itself, and says so. */
export function LagChart() {
  const samples = useLagSamples();
  const times = useMemo(() => samples.map(({ at }) => at), [samples]);
  const series = useMemo(
    (): Series[] => [{ name: "waiting", colour: "--lane-domain", values: samples.map(({ lagMs }) => lagMs) }],
    [samples],
  );
  const first = times[0];
  if (first === undefined || times.length < 2)
    return (
      <p className="quiet lag-room">
        The lag of the sequencer is drawn here from what this page sees: it has just begun to look.
      </p>
    );
  const most = Math.max(0, ...samples.map(({ lagMs }) => lagMs ?? 0));
  return (
    <TimeChart
      title="Sequencer lag"
      told={`At most ${describeDuration(most)} since this page began to look at ${clockWords(first)}`}
      times={times}
      series={series}
      format={describeDuration}
      formatTime={secondsWords}
    />
  );
}
