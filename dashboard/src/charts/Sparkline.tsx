import "./charts.css";

interface SparklineProps {
  readonly values: readonly number[];
  /** What it shows, for those who cannot see it. */
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 24;

/** Bars from zero, as wide as there is room. A single event among thousands is still seen: one pixel at least. */
export function Sparkline({ values, label }: SparklineProps) {
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {values.map((value, index) => {
        const height = value === 0 ? 0 : Math.max(1.5, (value / most) * (HEIGHT - 1));
        return (
          <rect
            key={index}
            x={index * step}
            y={HEIGHT - height}
            width={Math.max(1, step - 1)}
            height={height}
          />
        );
      })}
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
    </svg>
  );
}
