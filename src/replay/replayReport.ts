import type { TableDifference } from "./compareTables.ts";
import type { CheckedReplay } from "./replayChecks.ts";
import type { ReplayCount, SetAside, Tally } from "./replayTally.ts";

/** What a replay did, or would do. */
export interface ReplayReport {
  /** Null for a dry run, which leaves no trace. */
  readonly id: string | null;
  readonly dryRun: boolean;
  /** It went on with one that was begun before; counts are of both. */
  readonly resumed: boolean;
  /** Everything up to here was looked at. */
  readonly position: number;
  /** Events that were replayed, those performed inside others included. */
  readonly replayed: number;
  /** What became of how many events, by type, version and treatment. */
  readonly counts: readonly ReplayCount[];
  /** What could not be replayed, with `strict: false` or in a dry run: how many, and the first 100. */
  readonly setAside: { readonly total: number; readonly first: readonly SetAside[] };
  /** What was emptied before: tables, or by the app's function. Null: nothing. */
  readonly clears: readonly string[] | "function" | null;
  /** How the tables differ from the present ones. Null where nothing was compared. */
  readonly tables: readonly TableDifference[] | null;
  readonly milliseconds: number;
}

export function createReport(
  { clear }: CheckedReplay,
  { tally, ...rest }: Omit<ReplayReport, keyof Tally | "dryRun" | "clears"> & { readonly tally: Tally },
): ReplayReport {
  const clears = clear === undefined ? null : typeof clear === "function" ? "function" : clear;
  return { ...rest, ...tally, dryRun: rest.id === null, clears };
}
