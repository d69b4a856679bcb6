import { TidingsError } from "../errors.ts";
import type { Database, Queryable, Transaction } from "./database.ts";
import {
  GUARDED_TABLES,
  missingPolicies,
  policyScript,
  setPolicies,
  type LockPatience,
  type RowPolicy,
} from "./policies.ts";
import { quoteIdentifier, schemaHint, schemaOf } from "./schema.ts";

// Both roles start by losing what they had: in one transaction, a running app notices nothing. Rights wait for
// nobody who uses the tables; policies may, and come last.

/**
 * Lets `role` run the app and its worker: it adds to the log and reads it, and can never change it. Call it again
 * after a migration: rights on new tables are not inherited.
 *
 * The log's partitions belong to the owner. A worker with this role makes new ones through `tidings.split_tail`, and
 * recovers from a move to another cluster through `tidings.repair`; both run with the rights of the owner.
 *
 * Throws TABLES_IN_USE where the role is new and somebody reads the tables all the while.
 */
export async function grantAppRole(tx: Transaction, role: string, patience?: LockPatience): Promise<void> {
  for (const statement of appRights(role, await schemaOfEvents(tx), await tables(tx)))
    await tx.query(statement);
  await setPolicies(tx, role, APP_POLICY, patience);
}

/**
 * Lets `role` read the events and timelines of one account at a time: the one that its transaction named with
 * `set_config('tidings.account', …, true)`. Without that it sees nothing. Throws TABLES_IN_USE as
 * `grantAppRole`.
 */
export async function grantReadRole(tx: Transaction, role: string, patience?: LockPatience): Promise<void> {
  for (const statement of readRights(role, await schemaOfEvents(tx))) await tx.query(statement);
  await setPolicies(tx, role, READ_POLICY, patience);
}

export interface GrantedRoles {
  /** Grants this role what the app needs, on the tables that exist after migrating. */
  appRole?: string | undefined;
  /** Grants this role to read one account's events at a time. */
  readRole?: string | undefined;
}

/** The SQL of both functions. `migrated` is false where the tables are yet to be made: `tables` says which. */
export async function grantStatements(
  db: Database,
  { appRole, readRole }: GrantedRoles,
  { tables, migrated }: { readonly tables: readonly string[]; readonly migrated: boolean },
): Promise<string[]> {
  const schema = quoteIdentifier(schemaOf(db));
  const withPolicies = async (role: string, rights: readonly string[], policy: RowPolicy) => {
    const missing = migrated ? await missingPolicies(db, role, policy) : GUARDED_TABLES;
    return [...rights.map((statement) => `${statement};`), ...policyScript(missing, role, policy)];
  };
  return [
    ...(appRole === undefined
      ? []
      : await withPolicies(appRole, appRights(appRole, schema, tables), APP_POLICY)),
    ...(readRole === undefined
      ? []
      : await withPolicies(readRole, readRights(readRole, schema), READ_POLICY)),
  ];
}

function appRights(role: string, schema: string, tables: readonly string[]): string[] {
  const to = quoteIdentifier(role);
  return [
    ...startOver(role, schema),
    ...tables.map(
      (table) => `grant ${APP_PRIVILEGES[table] ?? EVERYTHING} on tidings.${quoteIdentifier(table)} to ${to}`,
    ),
    `grant usage on all sequences in schema ${schema} to ${to}`,
    `grant execute on all functions in schema ${schema} to ${to}`,
  ];
}

function readRights(role: string, schema: string): string[] {
  const to = quoteIdentifier(role);
  return [
    ...startOver(role, schema),
    ...GUARDED_TABLES.map((table) => `grant select on tidings.${table} to ${to}`),
  ];
}

const APP_POLICY: RowPolicy = { command: "all", using: "true" };

// The setting has one name in every schema: in two parts, or inSchema() would rename it.
const OF_NAMED_ACCOUNT = "account_id = current_setting(('tidings'::text || '.account'::text), true)";
const READ_POLICY: RowPolicy = { command: "select", using: OF_NAMED_ACCOUNT };

/**
 * Throws EVENTS_HIDDEN unless the role of `on` sees every account's events. A role with rights on the tables but without
 * a policy reads positions without their events: subscriptions would pass over all of them, and say nothing.
 */
export async function checkEventsVisible(on: Database): Promise<void> {
  const hidden = await on.query<{ table: string; role: string }>(
    `select guarded::text as table, current_user::text as role
       from unnest(array[${GUARDED_TABLES.map((table) => `'tidings.${table}'::regclass`).join(", ")}]) guarded
      where row_security_active(guarded) and not ${seesAll("guarded", "current_user")}
      order by guarded::text`,
  );
  if (hidden[0] === undefined) return;
  const tables = hidden.map(({ table }) => table).join(" and ");
  const hint = schemaHint(on);
  throw new TidingsError("EVENTS_HIDDEN", {
    detail: `The role ${hidden[0].role} does not see all of ${tables}${hint === undefined ? "" : `. ${hint}`}`,
  });
}

/** As `checkEventsVisible`, for what is called often: a database whose role was found to see everything is not asked again. */
export async function checkEventsVisibleOnce(on: Database): Promise<void> {
  if (allVisible.has(on)) return;
  await checkEventsVisible(on);
  allVisible.add(on);
}

const allVisible = new WeakSet<Database>();

/** Roles that may run subscriptions and yet do not see every event. */
export async function blindWorkers(on: Queryable): Promise<string[]> {
  const rows = await on.query<{ role: string }>(
    `select distinct r.rolname::text as role
       from pg_class c
      cross join aclexplode(c.relacl) a
       join pg_roles r on r.oid = a.grantee
      where c.oid = 'tidings.subscriptions'::regclass and a.privilege_type = 'UPDATE' and a.grantee <> c.relowner
        and not r.rolsuper and not r.rolbypassrls and not ${seesAll("'tidings.events'::regclass", "r.oid")}
      order by role`,
  );
  return rows.map(({ role }) => role);
}

function seesAll(table: string, role: string): string {
  return `exists (select from pg_policy p
    where p.polrelid = ${table} and p.polpermissive and p.polcmd in ('*', 'r') and pg_get_expr(p.polqual, p.polrelid) = 'true'
      and exists (select from unnest(p.polroles) granted where granted = 0 or pg_has_role(${role}, granted, 'usage')))`;
}

const EVERYTHING = "select, insert, update, delete";

/** What is less than everything: the log and its order only grow. */
const APP_PRIVILEGES: Readonly<Record<string, string>> = {
  events: "select, insert",
  timeline: "select, insert",
  event_order: "select, insert",
  sequencer: "select, update",
  sequencer_now: "select",
  migrations: "select",
};

function startOver(role: string, schema: string): string[] {
  if (role === "public") {
    // PostgreSQL reads even the quoted word as "everybody".
    throw new TidingsError("INVALID_OPTION", { detail: `"public" is every role of the server, not one` });
  }
  const to = quoteIdentifier(role);
  return [
    ...["tables", "sequences", "functions"].map(
      (kind) => `revoke all on all ${kind} in schema ${schema} from ${to}`,
    ),
    `grant usage on schema ${schema} to ${to}`,
  ];
}

/** The schema's quoted name, asked from the database: `inSchema` may stand between. */
async function schemaOfEvents(tx: Transaction): Promise<string> {
  const [row] = await tx.query<{ name: string }>(
    "select relnamespace::regnamespace::text as name from pg_class where oid = 'tidings.events'::regclass",
  );
  return row!.name;
}

/** Without partitions: who may read those directly passes by row level security. */
async function tables(tx: Transaction): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select c.relname::text as name
       from pg_class c join pg_class events on events.relnamespace = c.relnamespace
      where events.oid = 'tidings.events'::regclass and c.relkind in ('r', 'p', 'v') and not c.relispartition
      order by name`,
  );
  return rows.map(({ name }) => name);
}
