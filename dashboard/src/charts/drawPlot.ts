import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Series } from "./series.ts";

/** A drawn chart. It is thrown away and drawn anew when its data, its size or the light changes: that takes a millisecond. */
export interface Plot {
  /** Marks the point with this index; null: none. */
  choose(index: number | null): void;
  destroy(): void;
}

export interface PlotOptions {
  readonly width: number;
  readonly height: number;
  /** Milliseconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** Figures of a stretch of time, of so many milliseconds, stand as steps; those of a moment (null) as lines. */
  readonly stretchMs: number | null;
  /** Where a half makes no sense: counts. */
  readonly whole: boolean;
  readonly format: (value: number) => string;
  /** Told with the index under the pointer, and with null when it leaves. */
  readonly onPoint: (index: number | null) => void;
  /** Told where the right ends of the lines are, in pixels from the top. */
  readonly onEnds: (tops: readonly number[]) => void;
}

const FONT = '12px "Inter Variable", system-ui, sans-serif';

/** This module is loaded with the first chart, uPlot with it. */
export function drawPlot(host: HTMLElement, options: PlotOptions): Plot {
  const { width, height, times, series, stretchMs, whole, format, onPoint, onEnds } = options;
  const colour = (name: string) => colourOf(host, name);
  const [quiet, line] = [colour("--quiet"), colour("--line")];
  const most = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  // Set by our own hands, it must not be reported as the pointer's.
  let choosing = false;
  const plot = new uPlot(
    {
      width,
      height,
      legend: { show: false },
      padding: [8, 20, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: true },
        // From zero, always; a chart of nothing still has a top.
        y: { range: [0, most === 0 ? 1 : most * 1.08] },
      },
      axes: [
        {
          stroke: quiet,
          font: FONT,
          grid: { show: false },
          ticks: { show: false },
          space: 72,
          size: 28,
          values: clocks,
        },
        {
          stroke: quiet,
          font: FONT,
          grid: { stroke: line, width: 1 },
          ticks: { show: false },
          space: 36,
          size: (_plot, values) => 16 + Math.max(0, ...(values ?? []).map((value) => value.length * 7)),
          ...(whole && { incrs: WHOLE }),
          values: (_plot, splits) => splits.map(format),
        },
      ],
      series: [
        {},
        ...series.map((each): uPlot.Series => ({
          stroke: colour(each.colour),
          width: 1.75,
          spanGaps: false,
          points: { show: false },
          ...(stretchMs !== null && { paths: uPlot.paths.stepped!({ align: 1 }) }),
        })),
      ],
      hooks: {
        setCursor: [({ cursor }) => choosing || onPoint(pointAt(cursor.idx, times.length))],
        draw: [(drawn) => onEnds(series.map(({ values }) => endOf(drawn, values)))],
      },
    },
    [
      [...times, ...endOfLast(times, stretchMs)].map((time) => time / 1_000),
      ...series.map(({ values }) => (stretchMs === null ? [...values] : [...values, values.at(-1) ?? null])),
    ],
    host,
  );
  return {
    choose: (index) => {
      choosing = true;
      const left = index === null ? -10 : plot.valToPos(times[index]! / 1_000, "x");
      plot.setCursor({ left, top: 0 });
      choosing = false;
    },
    destroy: () => plot.destroy(),
  };
}

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6];

/** uPlot's own words are American; these are the reader's. */
function clocks(_plot: uPlot, splits: number[], _axis: number, _space: number, increment: number): string[] {
  const perDay = increment >= 86_400;
  return splits.map((seconds) => {
    const at = new Date(seconds * 1_000);
    const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
    if (perDay || isMidnight) return at.toLocaleDateString(undefined, { day: "numeric", month: "short" });
    return at.toLocaleTimeString(undefined, {
      hour: "2-digit",
      minute: "2-digit",
      ...(increment < 60 && { second: "2-digit" }),
    });
  });
}

/** A step needs an end: that of its stretch, or now where that is not yet over. */
function endOfLast(times: readonly number[], stretchMs: number | null): number[] {
  const last = times.at(-1);
  if (stretchMs === null || last === undefined) return [];
  return [Math.max(last + 1, Math.min(last + stretchMs, Date.now()))];
}

/** The end of the last step belongs to it. */
function pointAt(index: number | null | undefined, count: number): number | null {
  return index === null || index === undefined ? null : Math.min(index, count - 1);
}

function endOf(plot: uPlot, values: Series["values"]): number {
  const last = values.findLast((value) => value !== null) ?? 0;
  return plot.over.offsetTop + plot.valToPos(last, "y");
}

/** A canvas knows no variables and no light-dark(): the browser resolves both for an element. */
function colourOf(host: HTMLElement, variable: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${variable})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
