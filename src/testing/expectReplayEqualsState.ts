import { AssertionError } from "node:assert";
import { aFunction, aList, checkOptions, type OptionKind } from "../checkOptions.ts";
import type { Scratch } from "../db/scratch.ts";
import {
  isEqual,
  type FieldDifference,
  type RowDifference,
  type TableDifference,
} from "../replay/compareTables.ts";
import { excerptsOf } from "../replay/excerpts.ts";
import type { ReplayReport } from "../replay/replayReport.ts";
import type { Route } from "../replay/routes.ts";
import type { ComparedTable } from "../replay/tableShape.ts";
import type { Tidings } from "../tidings.ts";

export interface ExpectReplayOptions<Handle = unknown> {
  /**
   * Makes an empty database with the app's tables: `() => pgliteScratch({ prepare })`. It is dropped afterwards. Default: that of
   * `createTidings({ replay: { scratch } })`.
   */
  scratch?: (() => Promise<Scratch<Handle>>) | undefined;
  /** The tables that the app's actions write. Default: those of `createTidings({ replay: { tables } })`. */
  tables?: readonly ComparedTable[] | undefined;
  /** What replays older versions, before the routes of createTidings. */
  routes?: readonly Route<Handle>[] | undefined;
}

/** The most rows of a table that a message shows. */
const SHOW = 5;
/** The most characters of a value that it shows. */
const SHOW_CHARACTERS = 60;

/**
 * Replays the whole log into a scratch database and passes when its tables are the same as the present ones, row by row.
 * Otherwise throws an AssertionError that says which rows differ, and how. Others may go on writing meanwhile. Throws INVALID_OPTION,
 * and what a replay throws.
 */
export async function expectReplayEqualsState<Handle>(
  tidings: Tidings<Handle>,
  options: ExpectReplayOptions<Handle> = {},
): Promise<ReplayReport> {
  checkOptions(options, { scratch: aFunction, tables: atLeastOne, routes: aList });
  const { scratch, tables, routes } = options;
  const target = await scratch?.();
  const report = await tidings
    .replay({ into: target?.db ?? "scratch", compare: tables ?? true, routes })
    .finally(() => target?.drop());
  const differing = report.tables!.filter((table) => !isEqual(table));
  if (report.replayed > 0 && differing.length === 0) return report;
  // Two empty databases are equal, and prove nothing.
  const message =
    report.replayed === 0
      ? "No action was recorded, so there is nothing to replay."
      : complaint(report, differing);
  throw new AssertionError({ message, stackStartFn: expectReplayEqualsState });
}

const atLeastOne: OptionKind = {
  holds: (value) => Array.isArray(value) && value.length > 0,
  must: "must be a list of tables: none would prove nothing",
};

function complaint({ replayed, tables }: ReplayReport, differing: readonly TableDifference[]): string {
  const lines = [
    `Expected the replay of ${replayed} ${replayed === 1 ? "event" : "events"} to give the present tables, but ${differing.length} of ${tables!.length} differ:`,
  ];
  for (const { table, same, missing, extra, different, rows } of differing) {
    lines.push(`  ${table}: ${same} same, ${missing} missing, ${extra} extra, ${different} different`);
    lines.push(...rows.slice(0, SHOW).flatMap(describeRow));
    const more = missing + extra + different - Math.min(rows.length, SHOW);
    if (more > 0) lines.push(`    … and ${more} more`);
  }
  return lines.join("\n");
}

function describeRow({ kind, key, fields }: RowDifference): string[] {
  const values = Object.entries(key).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const row = `    - ${kind}: ${values.join(", ")}`;
  return kind === "different" ? [row, ...fields.map(describeField)] : [row];
}

function describeField({ name, present, replayed }: FieldDifference): string {
  const [here, there] = excerptsOf(present, replayed, SHOW_CHARACTERS);
  return `        ${name}: present ${JSON.stringify(here ?? null)}, replayed ${JSON.stringify(there ?? null)}`;
}
