import { quoteIdentifier, quoteLiteral } from "../db/schema.ts";
import { TidingsError } from "../errors.ts";
import type { CatalogEntry } from "./catalog.ts";
import { dataColumns, type DataColumn } from "./dataColumns.ts";
import { fitName, shortHash } from "./viewNames.ts";

export interface TypedViewOptions {
  /** The schema of Tidings' tables. Default `tidings`. */
  schema?: string | undefined;
  /** The schema that the views live in; made when it is missing. Default `tidings_views`. */
  viewSchema?: string | undefined;
  /** Columns of the view to index, each together with the account. Default: none. */
  indexes?: readonly string[] | undefined;
}

/**
 * A migration that makes one event type a relation: a view with a typed column for each field and role, and the
 * indexes that it needs. Running it again replaces the view.
 *
 * Every stored version is a row. A field is filled for the versions that have it with the same SQL type, by its stored
 * name, and null for the others: upcasters are TypeScript, so a view shows what is stored.
 */
export function typedView(entry: CatalogEntry, name: string, options: TypedViewOptions = {}): string {
  const { schema = "tidings", viewSchema = "tidings_views", indexes = [] } = options;
  const events = `${schemaName(schema)}.events`;
  const view = `${schemaName(viewSchema)}.${label(name)}`;
  const columns = columnsOf(entry);
  const list = columns.map(({ column, sql }) => `       ${selected(sql("e."), label(column))}`).join(",\n");
  return `${heading(entry, view)}

do $$ begin
  if to_regnamespace(${quoteLiteral(schemaName(viewSchema))}) is null then create schema ${schemaName(viewSchema)}; end if;
end $$;

drop view if exists ${view};
create view ${view} with (security_invoker = true) as
select
${list}
  from ${events} e
 where e.lane = ${quoteLiteral(entry.lane)} and ${condition(entry, "e.")};

comment on view ${view} is ${quoteLiteral(`${entry.type}: ${entry.description ?? "an event type"} Ask for one account: where account_id = …`)};
${indexes.map((column) => indexStatement(column, columns, entry, name, events)).join("")}`;
}

function selected(expression: string, name: string): string {
  return expression === `e.${name}` ? expression : `${expression} as ${name}`;
}

interface ViewColumn {
  readonly column: string;
  /** The expression, with what its columns are prefixed with: an index may not name the table. */
  readonly sql: (row: string) => string;
  /** Why it cannot be indexed, or null. */
  readonly unindexable: string | null;
}

/** Columns that every view begins with. */
const COMMON: readonly (readonly [column: string, stored: string])[] = [
  ["account_id", "account_id"],
  ["event_id", "id"],
  ["version", "version"],
  ["severity", "severity"],
  ["occurred_at", "occurred_at"],
  ["actor_type", "actor_type"],
  ["actor_id", "actor_id"],
  ["actor_label", "actor_label"],
  ["subject_type", "subject_type"],
  ["subject_id", "subject_id"],
  ["subject_label", "subject_label"],
];

function columnsOf(entry: CatalogEntry): ViewColumn[] {
  const columns: ViewColumn[] = COMMON.map(([column, stored]) => ({
    column,
    sql: (row) => row + stored,
    unindexable: null,
  }));
  const add = (wanted: string, prefix: string, sql: ViewColumn["sql"], unindexable: string | null) => {
    const isTaken = (name: string) => columns.some(({ column }) => column === name);
    const name = fitName(isTaken(wanted) ? `${prefix}_${wanted}` : wanted);
    columns.push({
      column: isTaken(name) ? fitName(`${name}_${shortHash(wanted)}`) : name,
      sql,
      unindexable,
    });
  };
  for (const { name, kinds, holds } of entry.roles) {
    const ref = (row: string) => `${row}refs->${quoteLiteral(name)}`;
    if (holds === "many") {
      const each = (key: string) => (row: string) =>
        `array(select ref->>'${key}' from jsonb_array_elements(${ref(row)}) with ordinality refs (ref, number) order by number)`;
      if (kinds.length > 1) add(`${name}_types`, "ref", each("type"), LIST);
      add(`${name}_ids`, "ref", each("id"), LIST);
      add(`${name}_labels`, "ref", each("label"), LIST);
    } else {
      if (kinds.length > 1) add(`${name}_type`, "ref", (row) => `${ref(row)}->>'type'`, null);
      add(`${name}_id`, "ref", (row) => `${ref(row)}->>'id'`, null);
      add(`${name}_label`, "ref", (row) => `${ref(row)}->>'label'`, null);
    }
  }
  for (const column of dataColumns(entry)) {
    add(
      column.field,
      "data",
      (row) => dataExpression(row, column, entry),
      UNINDEXABLE[column.sqlType] ?? null,
    );
  }
  return columns;
}

const LIST = "a list has no order that an index could use";
const TIME = "the cast from text depends on the session, which PostgreSQL does not allow in an index";
const UNINDEXABLE: Readonly<Record<string, string>> = {
  jsonb: "it holds JSON: index one of its values by hand",
  timestamptz: TIME,
  date: TIME,
};

/**
 * Without the guard one row of another version, in which the field was a text, would fail every query: also a row of
 * the next version, between its deployment and that of its view.
 */
function dataExpression(
  row: string,
  { field, sqlType, versions }: DataColumn,
  { version }: CatalogEntry,
): string {
  const isPlain = sqlType === "text" || sqlType === "jsonb";
  const value = `${row}data${sqlType === "jsonb" ? "->" : "->>"}${quoteLiteral(field)}`;
  if (isPlain && versions.length === version) return value;
  const guard = versions.length === 1 ? `= ${versions[0]}` : `in (${versions.join(", ")})`;
  return `case when ${row}version ${guard} then ${isPlain ? value : `(${value})::${sqlType}`} end`;
}

function indexStatement(
  wanted: string,
  columns: readonly ViewColumn[],
  entry: CatalogEntry,
  viewName: string,
  events: string,
): string {
  const column = columns.find((candidate) => candidate.column === wanted);
  const refused = column
    ? column.unindexable
    : `there is no such column among ${columns.map((c) => c.column).join(", ")}`;
  if (!column || refused !== null) {
    throw new TidingsError("INVALID_OPTION", {
      detail: `${entry.type}: no index on "${wanted}": ${refused}`,
    });
  }
  const name = fitName(`events_${viewName}_${wanted}`);
  return `
-- Writers wait while this is built. On a large log build it beforehand, partition by partition, with CONCURRENTLY.
create index if not exists ${label(name)}
  on ${events} (account_id, (${column.sql("")}))
  where ${condition(entry, "")};
`;
}

/** All names under which the type is stored. */
function condition({ type, aliases }: CatalogEntry, row: string): string {
  const names = [type, ...aliases].map(quoteLiteral);
  return names.length === 1 ? `${row}type = ${names[0]}` : `${row}type in (${names.join(", ")})`;
}

function heading({ type, version, description, olderVersions }: CatalogEntry, view: string): string {
  const older = olderVersions.map((old) => old.version).join(", ");
  const lines = [
    `${type}, version ${version}${description ? `: ${description}` : ""}`,
    "Written by `tidings generate view`; change the event's definition and generate again.",
    `Ask for one account at a time: select * from ${view} where account_id = '…'.`,
    "A bound on event_id, a UUIDv7, lets PostgreSQL leave out the months that lie beyond it.",
    ...(older
      ? [`Rows of older versions (${older}) show the fields that were stored under the same name and type.`]
      : []),
  ];
  return lines.map((line) => `-- ${line.replaceAll(/\s+/g, " ")}`).join("\n");
}

/** A name where PostgreSQL takes any word: behind a dot, behind AS, of an index. Quoted only where it must be. */
function label(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}

/** No reserved word begins with `tidings`; others are quoted. */
function schemaName(name: string): string {
  return /^tidings[a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}
