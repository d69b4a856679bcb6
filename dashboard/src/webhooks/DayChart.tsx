import { useId, useState, type KeyboardEvent } from "react";
import { percentWords, type DayStats, type HalfHour } from "./stats.ts";

const HEIGHT = 72;
const STEP = 10;
const BAR = 7;
const WIDTH = 48 * STEP;

/** Tries by half-hour: delivered, and on top of them what failed. The one under the pointer, or chosen by arrow keys, is told. */
export function DayChart({ stats }: { readonly stats: DayStats }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const tableId = useId();
  const most = Math.max(1, ...stats.halfHours.map(({ delivered, failed }) => delivered + failed));
  const bucket = chosen === null ? null : stats.halfHours[chosen]!;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setChosen((now) => Math.min(47, Math.max(0, (now ?? 47 + (by < 0 ? 1 : 0)) + by)));
  };
  if (stats.delivered + stats.failed === 0) {
    return (
      <p className="chart-told">
        <b>Last 24 hours</b> <span className="quiet">Nothing was sent</span>
      </p>
    );
  }
  return (
    <figure className="chart">
      <figcaption className="chart-told figures">
        {bucket ? (
          <>
            <b>{spanWords(bucket)}</b> {countWords(bucket)}
          </>
        ) : (
          <>
            <b>Last 24 hours</b> {countWords(stats)}, {percentWords(stats)}
          </>
        )}
        <button
          type="button"
          className="link-button"
          aria-expanded={asTable}
          aria-controls={tableId}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "As a chart" : "As a table"}
        </button>
      </figcaption>
      <div id={tableId}>
        {asTable ? (
          <Table halfHours={stats.halfHours} />
        ) : (
          <div
            className="chart-plot"
            role="slider"
            tabIndex={0}
            aria-label="Tries by half-hour"
            aria-valuemin={0}
            aria-valuemax={47}
            aria-valuenow={chosen ?? 47}
            aria-valuetext={bucket ? `${spanWords(bucket)}: ${countWords(bucket)}` : countWords(stats)}
            onKeyDown={onKeyDown}
            onBlur={() => setChosen(null)}
            onPointerLeave={() => setChosen(null)}
          >
            <span className="chart-most figures" aria-hidden>
              {most.toLocaleString()} {most === 1 ? "try" : "tries"}
            </span>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
              {stats.halfHours.map((each, index) => (
                <Bar
                  key={each.since.getTime()}
                  bucket={each}
                  index={index}
                  most={most}
                  chosen={chosen === index}
                  onChoose={setChosen}
                />
              ))}
            </svg>
            <div className="chart-axis" aria-hidden>
              {[0, 12, 24, 36].map((index) => (
                <span key={index}>{clock(stats.halfHours[index]!.since)}</span>
              ))}
              <span>now</span>
            </div>
          </div>
        )}
      </div>
    </figure>
  );
}

interface BarProps {
  readonly bucket: HalfHour;
  readonly index: number;
  readonly most: number;
  readonly chosen: boolean;
  readonly onChoose: (index: number) => void;
}

function Bar({ bucket: { delivered, failed }, index, most, chosen, onChoose }: BarProps) {
  const good = (delivered / most) * HEIGHT;
  const bad = (failed / most) * HEIGHT;
  const x = index * STEP + (STEP - BAR) / 2;
  return (
    <g onPointerEnter={() => onChoose(index)} className={chosen ? "bar bar-chosen" : "bar"}>
      <rect className="bar-room" x={index * STEP} width={STEP} height={HEIGHT} />
      <rect className="cell-good" x={x} y={HEIGHT - good} width={BAR} height={good} />
      <rect className="cell-bad" x={x} y={HEIGHT - good - bad} width={BAR} height={bad} />
    </g>
  );
}

function Table({ halfHours }: { readonly halfHours: readonly HalfHour[] }) {
  const busy = halfHours.filter(({ delivered, failed }) => delivered + failed > 0).toReversed();
  return (
    <div className="chart-table" tabIndex={0} role="group" aria-label="Tries by half-hour">
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">Half-hour</th>
            <th scope="col">Delivered</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {busy.map((bucket) => (
            <tr key={bucket.since.getTime()}>
              <th scope="row">{spanWords(bucket)}</th>
              <td>{bucket.delivered.toLocaleString()}</td>
              <td>{bucket.failed.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function countWords({ delivered, failed }: Pick<HalfHour, "delivered" | "failed">): string {
  if (delivered + failed === 0) return "Nothing was sent";
  return `${delivered.toLocaleString()} delivered${failed > 0 ? `, ${failed.toLocaleString()} failed tries` : ""}`;
}

function spanWords({ since }: HalfHour): string {
  return `${clock(since)} – ${clock(new Date(since.getTime() + 1_800_000))}`;
}

function clock(at: Date): string {
  return at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}
