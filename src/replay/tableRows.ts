import type { Transaction } from "../db/database.ts";
import { quoteIdentifier, quoteLiteral } from "../db/schema.ts";
import { TidingsError } from "../errors.ts";
import { compareKeys } from "./keyOrder.ts";
import type { TableShape } from "./tableShape.ts";

/** A row as text: what PostgreSQL prints is exact for every type, and two drivers cannot disagree about it. */
export interface TableRow {
  readonly key: readonly (string | null)[];
  /** In the order of the shape's columns. */
  readonly values: readonly (string | null)[];
}

/** Rows fetched at once: the memory that a comparison takes. */
const PAGE = 500;

/** All rows in the order of their keys, as of one moment. Needs a transaction for its cursor. */
export async function* readTableRows(
  tx: Transaction,
  shape: TableShape,
  signal?: AbortSignal | undefined,
): AsyncGenerator<TableRow> {
  const places = shape.key.map(({ name }) => shape.columns.indexOf(name));
  await tx.execute(PRINT_ALIKE);
  await tx.query(declareCursor(shape));
  let last: TableRow | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const page = await tx.query<{ row: string }>(`fetch ${PAGE} from tidings_compare`);
    for (const { row } of page) {
      const values = JSON.parse(row) as (string | null)[];
      const next: TableRow = { key: places.map((place) => values[place]!), values };
      if (last && compareKeys(shape.key, last.key, next.key) === 0) throw notUnique(shape, next);
      yield next;
      last = next;
    }
    if (page.length < PAGE) break;
  }
  await tx.execute("close tidings_compare");
}

// The two databases, or their roles, may have other settings; a value must not differ because of how it is printed.
const PRINT_ALIKE = `
set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
set local bytea_output = 'hex'; set local extra_float_digits = 1; set local lc_monetary = 'C'; set local xmloption = 'content';
set local cursor_tuple_fraction = 1;`;

function declareCursor({ quoted, columns, key, only }: TableShape): string {
  const values = columns.map((name) => `${quoteIdentifier(name)}::text`).join(", ");
  const order = key.map(({ orderBy }) => orderBy).join(", ");
  // A cursor's statement takes no parameters. A literal without a type has that of the column, whose index then helps.
  const where = only ? `where ${quoteIdentifier(only.column)} = ${quoteLiteral(only.value)}` : "";
  return `declare tidings_compare no scroll cursor for
  select to_json(array[${values}])::text as row from ${quoted} ${where} order by ${order}`;
}

function notUnique({ table, key }: TableShape, row: TableRow): TidingsError {
  const names = key.map(({ name }) => name).join(", ");
  return new TidingsError("INCOMPARABLE_TABLE", {
    detail: `Two rows of ${table} have the same ${names} (${row.key.join(", ")}). Name columns that tell rows apart`,
  });
}
