import {
  aBoolean,
  aFunction,
  aList,
  aSignal,
  anObject,
  anything,
  checkOption,
  checkOptions,
  milliseconds,
  refuseOption,
  wholeNumber,
  type OptionKind,
} from "../checkOptions.ts";
import type { Database } from "../db/database.ts";
import { checkComparedTables } from "./checkComparedTables.ts";
import type { ReplayDefaults, ReplayOptions } from "./replayOptions.ts";
import { quoteTableName } from "./tableName.ts";

const aClear: OptionKind = {
  holds: (value) => typeof value === "function" || (Array.isArray(value) && value.length > 0),
  must: "must be a function or a list of tables",
};

const aTarget: OptionKind = {
  holds: (value) =>
    value === "scratch" ||
    (anObject.holds(value) &&
      aFunction.holds((value as Database).query) &&
      "transaction" in (value as Database)),
  must: 'must be a Database (a scratch has it as db) or "scratch"',
};

/** What each option of a replay may hold by itself; `checkReplay` says what goes together. Throws INVALID_OPTION. */
export function checkReplayOptions(options: ReplayOptions): void {
  checkOptions(options, {
    clear: aClear,
    until: anything,
    account: anything,
    subject: anything,
    types: anything,
    routes: aList,
    into: aTarget,
    strict: aBoolean,
    batch: wholeNumber(1, 10_000),
    compare: {
      holds: (value) => aBoolean.holds(value) || Array.isArray(value),
      must: "must be a list of tables, true or false",
    },
    onProgress: aFunction,
    signal: aSignal,
    dryRun: aBoolean,
    restart: aBoolean,
    from: anObject,
    snapshot: aFunction,
  });
  const { clear, compare, from } = options;
  checkClearedTables(clear, ["clear"]);
  if (typeof compare === "object") checkComparedTables(compare, ["compare"]);
  if (from === undefined) return;
  checkOptions(from, { position: anything }, ["from"]);
  checkOption(from.position, wholeNumber(0, Number.MAX_SAFE_INTEGER), ["from", "position"]);
}

/** The same of `createTidings({ replay })`, without its routes. */
export function checkReplayDefaults(defaults: ReplayDefaults): void {
  checkOptions(
    defaults,
    { clear: aClear, routes: aList, tables: aList, scratch: aFunction, leaseMs: milliseconds() },
    ["replay"],
  );
  checkClearedTables(defaults.clear, ["replay", "clear"]);
  if (defaults.tables !== undefined) checkComparedTables(defaults.tables, ["replay", "tables"]);
}

function checkClearedTables(clear: ReplayOptions["clear"], path: readonly string[]): void {
  if (clear === undefined || typeof clear === "function") return;
  for (const [index, table] of clear.entries()) {
    if (typeof table !== "string") refuseOption([...path, index], "must be the name of a table");
    quoteTableName(table);
  }
}
