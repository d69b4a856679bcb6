/** One line of a chart. Its points belong to the times of the chart, one each; null where there is none. */
export interface Series {
  readonly name: string;
  readonly colour: SeriesColour;
  readonly values: readonly (number | null)[];
}

/** Names of CSS variables, so that a chart is in the same light as the page. */
export type SeriesColour =
  "--lane-domain" | "--lane-change" | "--lane-client" | "--lane-system" | "--good" | "--bad";

export interface CountBucket {
  /** ISO 8601, where it begins. */
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** More lines than this nobody can tell apart. */
const MOST = 4;
const colours = ["--lane-domain", "--lane-change", "--lane-client"] as const;

/** The largest kinds as a series each, and the rest together as "other"; the largest first. */
export function largestSeries(buckets: readonly CountBucket[]): Series[] {
  const totals = new Map<string, number>();
  for (const { counts } of buckets)
    for (const [kind, count] of Object.entries(counts)) totals.set(kind, (totals.get(kind) ?? 0) + count);
  const kinds = [...totals].toSorted(([, a], [, b]) => b - a).map(([kind]) => kind);
  const named = kinds.slice(0, kinds.length > MOST ? MOST - 1 : MOST);
  const rest = new Set(kinds.slice(named.length));
  return [
    ...named.map((name, index): Series => ({
      name,
      colour: colours[index] ?? "--lane-system",
      values: buckets.map(({ counts }) => counts[name] ?? 0),
    })),
    ...(rest.size > 0
      ? [{ name: `${rest.size} others`, colour: "--lane-system" as const, values: sums(buckets, rest) }]
      : []),
  ];
}

function sums(buckets: readonly CountBucket[], kinds: ReadonlySet<string>): number[] {
  return buckets.map(({ counts }) =>
    Object.entries(counts).reduce((sum, [kind, count]) => sum + (kinds.has(kind) ? count : 0), 0),
  );
}
