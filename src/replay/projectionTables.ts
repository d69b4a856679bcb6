import { aText, texts, wrongOption, wrongText, type OptionKinds } from "../checkOptions.ts";
import type { Transaction } from "../db/database.ts";
import { asWritten, quoteIdentifier } from "../db/schema.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { TidingsError } from "../errors.ts";

/** A table with indexes: `{ columns: "(…, primary key (board_id))", indexes: ["(account_id, cards)"] }`. */
export interface TableSpec {
  /** What stands behind the name in CREATE TABLE, in parentheses. */
  readonly columns: string;
  /** What stands behind the table in CREATE INDEX: `(account_id, cards desc)`. Default: none. */
  readonly indexes?: readonly string[] | undefined;
}

export interface ProjectionTable {
  /** What everybody reads: `board_stats`, or `reporting.board_stats`. */
  readonly name: string;
  readonly columns: string;
  readonly indexes: readonly string[];
}

/** A name that everybody reads, and the table that it shows. Both as given: unquoted, perhaps with a schema. */
export interface PhysicalTable {
  readonly name: string;
  readonly physical: string;
}

// PostgreSQL cuts names at 63 bytes: room for "__v9999_999" and for "_pkey".
const NAME = /^([a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,44}$/;

export function checkTables(
  tables: { readonly [name: string]: string | TableSpec },
  invalid: (detail: string) => never,
): ProjectionTable[] {
  const checked = Object.entries(tables).map(([name, spec]) => {
    const given = typeof spec === "string" ? { columns: spec } : spec;
    const wrong = wrongOption(given, tableSpec);
    if (wrong) invalid(wrongText({ path: [`table ${name}`, ...wrong.path], what: wrong.what }));
    const { columns, indexes = [] } = given;
    if (!NAME.test(name))
      invalid(`table "${name}" must be 1 to 45 characters of a-z, 0-9 and _, perhaps behind a schema`);
    if (!columns?.trim().startsWith("("))
      invalid(`table ${name} must be its columns: "(board_id text primary key, …)"`);
    return { name, columns, indexes };
  });
  return checked.length > 0 ? checked : invalid("tables is empty");
}

const tableSpec = {
  columns: aText,
  indexes: texts,
} satisfies OptionKinds;

/** `board_stats` of version 2 is board_stats__v2, and board_stats__v2_3 when it is built for the third time. */
export function physicalTables(
  tables: readonly ProjectionTable[],
  version: number,
  generation: number,
): PhysicalTable[] {
  const suffix = `__v${version}${generation === 1 ? "" : `_${generation}`}`;
  return tables.map(({ name }) => ({ name, physical: `${name}${suffix}` }));
}

/** How SQL must name each table. */
export function tableNames(tables: readonly PhysicalTable[]): ReadonlyMap<string, string> {
  return new Map(tables.map(({ name, physical }) => [name, quoteName(physical)]));
}

/** The `table` that handlers and queries are given. Throws INVALID_OPTION for a name that the projection lacks. */
export function tableFinder(
  projection: string,
  names: ReadonlyMap<string, string>,
): (name: string) => string {
  return (name) => {
    const found = names.get(name);
    if (found !== undefined) return found;
    throw new TidingsError("INVALID_OPTION", { detail: `Projection "${projection}" has no table "${name}"` });
  };
}

/** Throws PROJECTION_REFUSED where the role may not. */
export async function createTables(
  tx: Transaction,
  tables: readonly ProjectionTable[],
  names: ReadonlyMap<string, string>,
  { temporary = false }: { temporary?: boolean | undefined } = {},
): Promise<void> {
  const own = asWritten(tx);
  for (const { name, columns, indexes } of tables) {
    const table = names.get(name)!;
    const create = temporary
      ? `create temporary table ${table} ${columns} on commit drop`
      : `create table ${table} ${columns}`;
    await own.execute(create).catch((cause: unknown) => {
      if (sqlStateOf(cause) !== INSUFFICIENT_PRIVILEGE) throw cause;
      throw new TidingsError("PROJECTION_REFUSED", { detail: (cause as Error).message, cause });
    });
    for (const index of indexes) await own.execute(`create index on ${table} ${index}`);
  }
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** Whether the view of a table exists. Throws PROJECTION_NAME_TAKEN where its name is not of those that are `shown`. */
export async function findView(
  tx: Transaction,
  name: string,
  shown: readonly PhysicalTable[],
): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>("select to_regclass($1) is not null as found", [
    quoteName(name),
  ]);
  if (row!.found && !shown.some((each) => each.name === name))
    throw new TidingsError("PROJECTION_NAME_TAKEN", { detail: `"${name}"` });
  return row!.found;
}

/** `reporting.board_stats` as `"reporting"."board_stats"`. */
export function quoteName(name: string): string {
  return name.split(".").map(quoteIdentifier).join(".");
}
