import type { Transaction } from "../db/database.ts";
import { quoteIdentifier } from "../db/schema.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { TidingsError } from "../errors.ts";
import { findView, quoteName, type PhysicalTable } from "./projectionTables.ts";

/** Shows a table under its plain name; `shown` are those that the projection shows at present. */
export async function showTable(
  tx: Transaction,
  { name, physical }: PhysicalTable,
  shown: readonly PhysicalTable[],
): Promise<void> {
  const view = quoteName(name);
  const table = quoteName(physical);
  const exists = await findView(tx, name, shown);
  if (!exists || (await keepsColumns(tx, view, table))) {
    return tx.execute(`create or replace view ${view} as select * from ${table}`);
  }
  const grants = await grantsOn(tx, view);
  await dropView(tx, name);
  await tx.execute(`create view ${view} as select * from ${table}`);
  for (const { privilege, role, grantable } of grants) {
    const to = role === null ? "public" : quoteIdentifier(role);
    await tx.execute(`grant ${privilege} on ${view} to ${to}${grantable ? " with grant option" : ""}`);
  }
}

// What CREATE OR REPLACE VIEW asks for: the same columns in the same order, and at most others behind them.
const KEEPS_COLUMNS = `
select not exists (
  select from pg_attribute shown
    left join pg_attribute own
      on own.attrelid = $2::text::regclass and own.attnum = shown.attnum and own.attname = shown.attname
     and own.atttypid = shown.atttypid and own.atttypmod = shown.atttypmod and own.attcollation = shown.attcollation
   where shown.attrelid = $1::text::regclass and shown.attnum > 0 and own.attnum is null) as keeps`;

async function keepsColumns(tx: Transaction, view: string, table: string): Promise<boolean> {
  const [row] = await tx.query<{ keeps: boolean }>(KEEPS_COLUMNS, [view, table]);
  return row!.keeps;
}

const GRANTS = `
select a.privilege_type as privilege, r.rolname::text as role, a.is_grantable as grantable
  from pg_class c cross join aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
 where c.oid = $1::text::regclass and a.grantee <> c.relowner
 order by role, privilege`;

interface Grant {
  privilege: string;
  /** Null: everybody. */
  role: string | null;
  grantable: boolean;
}

function grantsOn(tx: Transaction, view: string): Promise<Grant[]> {
  return tx.query<Grant>(GRANTS, [view]);
}

const DEPENDENT_OBJECTS = "2BP01";

/** Throws PROJECTION_VIEW_IN_USE where other views are made on it. */
export async function dropView(tx: Transaction, name: string): Promise<void> {
  try {
    await tx.execute(`drop view if exists ${quoteName(name)}`);
  } catch (cause) {
    if (sqlStateOf(cause) !== DEPENDENT_OBJECTS) throw cause;
    throw new TidingsError("PROJECTION_VIEW_IN_USE", { detail: `"${name}"`, cause });
  }
}
