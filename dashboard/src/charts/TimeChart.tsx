import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useWidth } from "../shared/useWidth.ts";
import "./charts.css";
import { ChartTable } from "./ChartTable.tsx";
import type { Plot } from "./drawPlot.ts";
import { EndLabels } from "./EndLabels.tsx";
import type { Series } from "./series.ts";
import { useLight } from "./useLight.ts";

interface TimeChartProps {
  readonly title: string;
  /** What is shown while no point is chosen: the sum, or the newest value. */
  readonly told: string;
  /** Of the points, in milliseconds, ascending. */
  readonly times: readonly number[];
  /** Four at most. */
  readonly series: readonly Series[];
  /** Values with their unit: "1.2 s", "14 events". */
  readonly format: (value: number) => string;
  /** Values at the axis, where the unit would crowd. Default `format`. */
  readonly formatAxis?: ((value: number) => string) | undefined;
  /** Which stretch or moment a point is about: "14:00 – 14:30". */
  readonly formatTime: (time: number) => string;
  /** Each point tells of so many milliseconds. Default: of a moment. */
  readonly stretchMs?: number | undefined;
  /** Counts: a half makes no sense. Default false. */
  readonly whole?: boolean | undefined;
}

const HEIGHT = 168;

/** Time on x, zero-based y, names at the ends of the lines where there are several. A point is told under the pointer and by arrow keys; all of them as a table. */
export function TimeChart(props: TimeChartProps) {
  const { title, told, times, series, format, formatTime } = props;
  const [asTable, setAsTable] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const bodyId = useId();
  const index = chosen === null ? null : Math.min(chosen, times.length - 1);
  const words = (at: number) =>
    series
      .flatMap(({ name, values }) => {
        const value = values[at];
        return value === null || value === undefined ? [] : [`${name} ${format(value)}`];
      })
      .join(", ") || "nothing";
  const onKeyDown = (event: KeyboardEvent) => {
    const to = stepped(event.key, index, times.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setChosen(to);
  };
  return (
    <figure className="time-chart">
      <figcaption className="time-chart-told figures">
        <b>{title}</b>
        <span className={index === null ? "quiet" : ""}>
          {index === null ? told : `${formatTime(times[index]!)}: ${words(index)}`}
        </span>
        <button
          type="button"
          className="link-button"
          aria-label={`${asTable ? "Show as chart" : "Show as table"}: ${title}`}
          aria-expanded={asTable}
          aria-controls={bodyId}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "Show as chart" : "Show as table"}
        </button>
      </figcaption>
      <div id={bodyId}>
        {asTable ? (
          <ChartTable {...props} />
        ) : (
          <div
            className="time-chart-plot"
            role="slider"
            tabIndex={0}
            aria-label={title}
            aria-valuemin={0}
            aria-valuemax={times.length - 1}
            aria-valuenow={index ?? times.length - 1}
            aria-valuetext={index === null ? told : `${formatTime(times[index]!)}: ${words(index)}`}
            onKeyDown={onKeyDown}
            onBlur={() => setChosen(null)}
          >
            <Drawing {...props} chosen={index} onChoose={setChosen} />
          </div>
        )}
      </div>
    </figure>
  );
}

interface DrawingProps extends TimeChartProps {
  readonly chosen: number | null;
  readonly onChoose: (index: number | null) => void;
}

function Drawing({
  times,
  series,
  format,
  formatAxis = format,
  stretchMs,
  whole = false,
  chosen,
  onChoose,
}: DrawingProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const width = useWidth(host);
  const light = useLight();
  const [ends, setEnds] = useState<readonly number[]>([]);
  const latest = useRef({ onChoose, formatAxis, chosen });
  useEffect(() => {
    latest.current = { onChoose, formatAxis, chosen };
  });
  useEffect(() => {
    if (width === 0) return;
    let gone = false;
    void import("./drawPlot.ts").then(({ drawPlot }) => {
      if (gone) return;
      plot.current = drawPlot(host.current!, {
        width,
        height: HEIGHT,
        times,
        series,
        stretchMs: stretchMs ?? null,
        whole,
        format: (value) => latest.current.formatAxis(value),
        onPoint: (index) => latest.current.onChoose(index),
        onEnds: setEnds,
      });
      plot.current.choose(latest.current.chosen);
    });
    return () => {
      gone = true;
      plot.current?.destroy();
      plot.current = null;
    };
  }, [width, light, times, series, stretchMs, whole]);
  useEffect(() => plot.current?.choose(chosen), [chosen]);
  return (
    <>
      <div
        ref={host}
        className="time-chart-canvas"
        style={{ height: HEIGHT }}
        onPointerLeave={() => onChoose(null)}
      />
      {series.length > 1 && <EndLabels series={series} tops={ends} />}
    </>
  );
}

/** Left and right from point to point, Home and End to the first and the last. */
function stepped(key: string, now: number | null, count: number): number | undefined {
  const last = count - 1;
  if (key === "ArrowLeft") return Math.max(0, (now ?? count) - 1);
  if (key === "ArrowRight") return Math.min(last, (now ?? last) + 1);
  if (key === "Home") return 0;
  return key === "End" ? last : undefined;
}
