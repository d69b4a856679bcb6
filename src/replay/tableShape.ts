import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { keyColumn, type KeyColumn } from "./keyOrder.ts";
import { quoteTableName } from "./tableName.ts";

/** A table of the app's, or its name: `"users"`, `"billing.invoices"`. */
export type ComparedTable =
  | string
  | {
      readonly table: string;
      /** What tells its rows apart, where that is not the primary key. No two rows may have the same. */
      readonly key?: readonly string[] | undefined;
      /** Columns that are not compared. Default: none. */
      readonly ignore?: readonly string[] | undefined;
      /** The column with the account: of a replay of one account only its rows are compared. Default: all rows. */
      readonly account?: string | undefined;
    };

/** What of a table is compared: the same for both sides. */
export interface TableShape {
  /** As it was asked for. */
  readonly table: string;
  /** As SQL may hold it. */
  readonly quoted: string;
  readonly columns: readonly string[];
  readonly key: readonly KeyColumn[];
  /** Only rows that hold this. Null: all of them. */
  readonly only: { readonly column: string; readonly value: string } | null;
}

/** Throws INCOMPARABLE_TABLE where rows cannot be told apart, or the two databases disagree about the columns. */
export async function readTableShape(
  present: Queryable,
  replayed: Queryable,
  asked: ComparedTable,
  ofAccount: string | null = null,
): Promise<TableShape> {
  const { table, key, ignore = [], account } = typeof asked === "string" ? { table: asked } : asked;
  const quoted = quoteTableName(table);
  const here = await columnsOf(present, quoted);
  const there = await columnsOf(replayed, quoted);
  if (here.length === 0) throw incomparable(`The database has no table ${table}`);
  if (there.length === 0) {
    throw incomparable(`The database of the replay has no table ${table}. Have its prepare make it`);
  }
  checkKnown(table, here, [...(key ?? []), ...ignore, ...(account === undefined ? [] : [account])]);

  const columns = here.map(({ name }) => name).filter((name) => !ignore.includes(name));
  const others = there.map(({ name }) => name).filter((name) => !ignore.includes(name));
  checkSameColumns(table, columns, others);
  const names = key ?? primaryKeyOf(table, here);
  const ignored = names.find((name) => ignore.includes(name));
  if (ignored !== undefined) {
    throw incomparable(
      `${table}.${ignored} is ignored and part of the key. Name others: { table: "${table}", key: [...] }`,
    );
  }
  const typeOf = (name: string) => here.find((column) => column.name === name)!.type;
  const only = account === undefined || ofAccount === null ? null : { column: account, value: ofAccount };
  return { table, quoted, columns, key: names.map((name) => keyColumn(name, typeOf(name))), only };
}

interface Column {
  name: string;
  type: string;
  /** Where in the primary key it is; null if it is not. */
  key_place: number | null;
}

const COLUMNS = `
select a.attname::text as name, format_type(a.atttypid, null) as type,
       array_position(i.indkey::int2[], a.attnum) as key_place
  from pg_attribute a
  left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
 where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
 order by a.attnum`;

/** None where there is no such table. */
function columnsOf(on: Queryable, quoted: string): Promise<Column[]> {
  return on.query<Column>(COLUMNS, [quoted]);
}

function primaryKeyOf(table: string, columns: readonly Column[]): string[] {
  const key = columns
    .flatMap(({ name, key_place: place }) => (place === null ? [] : [{ name, place }]))
    .sort((one, other) => one.place - other.place);
  if (key.length > 0) return key.map(({ name }) => name);
  throw incomparable(
    `${table} has no primary key. Add one, or name columns that tell its rows apart: { table: "${table}", key: [...] }`,
  );
}

function checkKnown(table: string, columns: readonly Column[], names: readonly string[]): void {
  const unknown = names.find((wanted) => columns.every(({ name }) => name !== wanted));
  if (unknown !== undefined) throw incomparable(`${table} has no column ${unknown}`);
}

function checkSameColumns(table: string, here: readonly string[], there: readonly string[]): void {
  const missing = here.filter((name) => !there.includes(name));
  const extra = there.filter((name) => !here.includes(name));
  if (missing.length === 0 && extra.length === 0) return;
  const differences = [
    ...(missing.length > 0 ? [`lacks ${missing.join(", ")}`] : []),
    ...(extra.length > 0 ? [`also has ${extra.join(", ")}`] : []),
  ];
  throw incomparable(`${table} ${differences.join(" and ")} in the database of the replay`);
}

function incomparable(detail: string): TidingsError {
  return new TidingsError("INCOMPARABLE_TABLE", { detail });
}
