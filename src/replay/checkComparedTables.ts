import { aList, anObject, aText, checkOption, checkOptions, refuseOption, texts } from "../checkOptions.ts";
import { quoteTableName } from "./tableName.ts";
import type { ComparedTable } from "./tableShape.ts";

/** Throws INVALID_OPTION, with the path, for what names no table to compare. Whether there is one, only the databases tell. */
export function checkComparedTables(
  tables: readonly ComparedTable[],
  path: readonly (string | number)[],
): void {
  checkOption(tables, aList, path);
  for (const [index, table] of tables.entries()) checkTable(table, [...path, index]);
}

function checkTable(asked: ComparedTable, path: readonly (string | number)[]): void {
  if (typeof asked !== "string") {
    checkOption(asked, tableOrName, path);
    checkOptions(asked, { table: aText, key: texts, ignore: texts, account: aText }, path);
    checkOption(asked.table, aText, [...path, "table"]);
    if (asked.key?.length === 0) refuseOption([...path, "key"], "names no column");
  }
  quoteTableName(typeof asked === "string" ? asked : asked.table);
}

const tableOrName = { ...anObject, must: "must be the name of a table, or { table, key, ignore, account }" };
