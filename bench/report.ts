import type { Bench, BenchResult, Target } from "./bench.ts";

/** The figures with their targets, and the circumstances below. */
export function humanTable(bench: Bench, figures: BenchResult["figures"], circumstances: object): string {
  const rows = flat(figures).map(([path, value]) => {
    const target = bench.targets.find((candidate) => candidate.path === path);
    return [path, value.toLocaleString("en"), ...(target ? verdict(target, value) : ["", ""])];
  });
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map(([path, value, ...rest]) =>
    [path!.padEnd(widths[0]!), value!.padStart(widths[1]!), rest[0]!.padEnd(widths[2]!), rest[1]!]
      .join("  ")
      .trimEnd(),
  );
  const known = new Set(Object.keys(figures));
  const others = flat(circumstances)
    .filter(([path]) => !known.has(path.split(".")[0]!))
    .map(([path, value]) => `${path.split(".").at(-1)} ${String(value)}`);
  return [bench.description, "", ...lines, "", others.join(" · ")].join("\n");
}

function verdict({ atLeast, lessThan }: Target, value: number): [string, string] {
  return atLeast === undefined
    ? [`< ${lessThan}`, value < lessThan! ? "holds" : "MISSED"]
    : [`≥ ${atLeast.toLocaleString("en")}`, value >= atLeast ? "holds" : "MISSED"];
}

function flat(figures: object, prefix = ""): [string, number][] {
  return Object.entries(figures).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null
      ? flat(value, `${prefix}${key}.`)
      : [[prefix + key, value as number]],
  ) as [string, number][];
}
