import { aLimit, aSignal, aText, checkOptions } from "../checkOptions.ts";
import type { Database, Transaction } from "../db/database.ts";
import { checkComparedTables } from "./checkComparedTables.ts";
import { excerptsOf } from "./excerpts.ts";
import { compareKeys } from "./keyOrder.ts";
import { readTableRows, type TableRow } from "./tableRows.ts";
import { readTableShape, type ComparedTable, type TableShape } from "./tableShape.ts";

export interface CompareOptions {
  /** At most so many rows of each kind (missing, extra, different) are listed for each table; all are counted. Infinity lists all, in memory. Default 20. */
  listRows?: number | undefined;
  /** Only rows of this account, of tables that say which column holds it. Default: all rows. */
  account?: string | undefined;
  /** Stops between two pages and rejects with its reason. */
  signal?: AbortSignal | undefined;
}

/** How a table differs between the present and a replay. Equal when `missing`, `extra` and `different` are 0. */
export interface TableDifference {
  readonly table: string;
  readonly same: number;
  /** Rows of the present that the replay lacks. */
  readonly missing: number;
  /** Rows of the replay that the present lacks. */
  readonly extra: number;
  /** Rows that both have, with other values. */
  readonly different: number;
  /** The first of each kind, in the order of their keys. */
  readonly rows: readonly RowDifference[];
}

export interface RowDifference {
  readonly kind: "missing" | "extra" | "different";
  /** The key's columns and their values, as PostgreSQL prints them. */
  readonly key: { readonly [column: string]: string | null };
  /** Of a row that one side lacks: all fields. */
  readonly fields: readonly FieldDifference[];
}

/** Values as PostgreSQL prints them; of long ones the part where they differ. A side without the row has none. */
export interface FieldDifference {
  readonly name: string;
  readonly present?: string | null | undefined;
  readonly replayed?: string | null | undefined;
}

/**
 * Compares tables row by row, in pages, whatever their size. Each side is read as of one moment. Throws INVALID_OPTION, and
 * INCOMPARABLE_TABLE for a table without a primary key or that one side lacks.
 */
export async function compareTables(
  present: Database,
  replayed: Database,
  tables: readonly ComparedTable[],
  options: CompareOptions = {},
): Promise<TableDifference[]> {
  checkComparedTables(tables, ["tables"]);
  checkOptions(options, { listRows: aLimit(0), account: aText, signal: aSignal });
  return present.transaction(async (presentTx) => {
    await presentTx.execute(ONE_MOMENT);
    return replayed.transaction(async (replayedTx) => {
      await replayedTx.execute(ONE_MOMENT);
      return compareWithin(presentTx, replayedTx, tables, options);
    });
  });
}

const ONE_MOMENT = "set transaction isolation level repeatable read, read only";

/** As `compareTables`, in open transactions, which must not have another's rows come and go between two statements. */
export async function compareWithin(
  present: Transaction,
  replayed: Transaction,
  tables: readonly ComparedTable[],
  options: CompareOptions = {},
): Promise<TableDifference[]> {
  // All before the first is read: a mistake in the last should not cost the hour that the others take.
  const shapes: TableShape[] = [];
  for (const table of tables) shapes.push(await readTableShape(present, replayed, table, options.account));
  const differences: TableDifference[] = [];
  for (const shape of shapes) differences.push(await compareTable(present, replayed, shape, options));
  return differences;
}

export function isEqual({ missing, extra, different }: TableDifference): boolean {
  return missing + extra + different === 0;
}

/** A merge of two sorted streams. */
async function compareTable(
  present: Transaction,
  replayed: Transaction,
  shape: TableShape,
  { listRows = 20, signal }: CompareOptions,
): Promise<TableDifference> {
  const counts = { same: 0, missing: 0, extra: 0, different: 0 };
  const rows: RowDifference[] = [];
  const note = (kind: RowDifference["kind"], here: TableRow | undefined, there: TableRow | undefined) => {
    if (counts[kind]++ < listRows) rows.push(rowDifference(kind, shape, here, there));
  };
  const [ours, theirs] = [readTableRows(present, shape, signal), readTableRows(replayed, shape, signal)];
  let here = await nextOf(ours);
  let there = await nextOf(theirs);
  while (here !== undefined || there !== undefined) {
    const order = here && there ? compareKeys(shape.key, here.key, there.key) : here ? -1 : 1;
    if (order < 0) note("missing", here, undefined);
    else if (order > 0) note("extra", undefined, there);
    else if (sameValues(here!, there!)) counts.same++;
    else note("different", here, there);
    if (order <= 0) here = await nextOf(ours);
    if (order >= 0) there = await nextOf(theirs);
  }
  return { table: shape.table, ...counts, rows };
}

async function nextOf(rows: AsyncGenerator<TableRow>): Promise<TableRow | undefined> {
  const { done, value } = await rows.next();
  return done ? undefined : value;
}

function sameValues(here: TableRow, there: TableRow): boolean {
  return here.values.every((value, index) => value === there.values[index]);
}

/** Of a value. */
const SHOW_CHARACTERS = 500;

function rowDifference(
  kind: RowDifference["kind"],
  { key, columns }: TableShape,
  here: TableRow | undefined,
  there: TableRow | undefined,
): RowDifference {
  const either = (here ?? there)!;
  return {
    kind,
    key: Object.fromEntries(key.map(({ name }, index) => [name, either.key[index] ?? null])),
    fields: columns.flatMap((name, index): FieldDifference[] => {
      const [present, replayed] = excerptsOf(here?.values[index], there?.values[index], SHOW_CHARACTERS);
      if (here && there)
        return here.values[index] === there.values[index] ? [] : [{ name, present, replayed }];
      return [here ? { name, present } : { name, replayed }];
    }),
  };
}
