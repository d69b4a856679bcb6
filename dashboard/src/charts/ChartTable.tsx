import type { Series } from "./series.ts";

interface ChartTableProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly formatTime: (time: number) => string;
}

/** What the chart shows, for those who cannot see it or want the figures; the newest first. */
export function ChartTable({ title, times, series, format, formatTime }: ChartTableProps) {
  return (
    <div className="time-chart-table" tabIndex={0} role="group" aria-label={title}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...times.entries()].toReversed().map(([index, time]) => (
            <tr key={time}>
              <th scope="row">{formatTime(time)}</th>
              {series.map(({ name, values }) => {
                const value = values[index];
                return <td key={name}>{value === null || value === undefined ? "–" : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
