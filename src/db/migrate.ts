import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { aFunction, aText, checkOptions } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import { readPackaged } from "../packagedFiles.ts";
import type { Database, Queryable } from "./database.ts";
import { grantAppRole, grantReadRole, grantStatements, type GrantedRoles } from "./grants.ts";
import { withLockTimeout } from "./lockTimeout.ts";
import { quoteIdentifier, renameSchema, schemaHint, schemaOf } from "./schema.ts";

export interface MigrateOptions extends GrantedRoles {
  /** Called before each migration. */
  onProgress?: ((migration: Migration) => void) | undefined;
}

/** One numbered file of src/db/migrations. */
export interface Migration {
  readonly id: number;
  /** The file's name: `0001_tables.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the SQL, in hex. */
  readonly checksum: string;
}

/** `newer`: this version of Tidings is older than the one that migrated the database. */
export type SchemaState = "missing" | "outdated" | "current" | "newer";

/**
 * Brings the tables of `db` (and its schema: see `inSchema`) up to date and returns what it applied. Everything
 * happens in one transaction under a lock, so any number of processes may migrate at once, also through PgBouncer.
 */
export async function migrate(db: Database, options: MigrateOptions = {}): Promise<Migration[]> {
  // A misspelt role would be granted nothing, in silence.
  checkOptions(options, { appRole: aText, readRole: aText, onProgress: aFunction });
  const migrations = await readMigrations();
  return db.transaction(async (tx) => {
    // The role's own limit is meant for tables in use: another one that migrates is waited for.
    await withLockTimeout(tx, "0", () => tx.query(TAKE_LOCK));
    const pending = await pendingAmong(migrations, tx);
    if (pending[0]?.id === 1) await checkDatabase(tx, schemaOf(db));
    if (pending.length > 0 && !(await schemaExists(tx, schemaOf(db)))) {
      // Not `if not exists`: that needs CREATE on the database even where an administrator made the schema.
      await tx.execute(createSchema(db));
    }
    if (pending.length > 0) await tx.execute(CREATE_MIGRATIONS);
    for (const migration of pending) {
      options.onProgress?.(migration);
      await tx.execute(migration.sql);
      await tx.execute(recordMigration(migration));
    }
    if (options.appRole !== undefined) await grantAppRole(tx, options.appRole);
    if (options.readRole !== undefined) await grantReadRole(tx, options.readRole);
    return pending;
  });
}

/** What `migrate` would apply now, in order. */
export async function pendingMigrations(db: Database): Promise<Migration[]> {
  return pendingAmong(await readMigrations(), db);
}

/** The SQL that `migrate` would run now, for an administrator to read and run; empty when there is nothing to do. */
export async function migrationScript(db: Database, roles: GrantedRoles = {}): Promise<string> {
  checkOptions(roles, { appRole: aText, readRole: aText });
  const migrations = await readMigrations();
  const pending = await pendingAmong(migrations, db);
  const migrated = pending[0]?.id !== 1;
  if (!migrated) await checkDatabase(db, schemaOf(db));
  const grants = await grantStatements(db, roles, { tables: tablesOf(migrations), migrated });
  if (pending.length + grants.length === 0) return "";
  const parts = [
    "begin isolation level read committed;",
    `${TAKE_LOCK};`,
    ...((await schemaExists(db, schemaOf(db))) ? [] : [createSchema(db)]),
    ...(pending.length > 0 ? [CREATE_MIGRATIONS] : []),
    ...pending.flatMap((migration) => [migration.sql.trimEnd(), recordMigration(migration)]),
    ...(grants.length > 0 ? [grants.join("\n")] : []),
    "commit;",
  ];
  return renameSchema(`${parts.join("\n\n")}\n`, schemaOf(db));
}

/** Compares the database with the migrations that this version brings. */
export async function schemaState(db: Database): Promise<SchemaState> {
  const applied = await appliedMigrations(db);
  if (applied.length === 0) return "missing";
  const latestKnown = (await readMigrations()).at(-1)!.id;
  const latestApplied = applied.at(-1)!.id;
  if (latestApplied === latestKnown) foundCurrent.add(db);
  return latestApplied > latestKnown ? "newer" : latestApplied < latestKnown ? "outdated" : "current";
}

const foundCurrent = new WeakSet<Database>();

/** Whether this process has begun with tables of its own version. Migrated meanwhile, it works on until it is replaced. */
export function wasCurrent(db: Database): boolean {
  return foundCurrent.has(db);
}

/** Throws SCHEMA_MISSING, SCHEMA_OUTDATED or SCHEMA_NEWER unless the tables are those of this version. */
export async function checkSchema(db: Database): Promise<void> {
  const state = await schemaState(db);
  if (state === "current") return;
  throw new TidingsError(SCHEMA_PROBLEMS[state], { detail: state === "newer" ? undefined : schemaHint(db) });
}

const SCHEMA_PROBLEMS = {
  missing: "SCHEMA_MISSING",
  outdated: "SCHEMA_OUTDATED",
  newer: "SCHEMA_NEWER",
} as const;

// Ends with the transaction, so that a transaction pooler cannot leave it behind. `inSchema` renames the text as well:
// each schema has its own lock. Who makes and drops partitions shares it: grants write the same rows of the catalog.
const TAKE_LOCK = "select pg_advisory_xact_lock(hashtextextended('tidings.migrations', 0))";

const CREATE_MIGRATIONS = `
create table if not exists tidings.migrations (
  id          integer primary key,
  name        text not null,
  checksum    text not null,                                        -- SHA-256 of the file, in hex
  applied_at  timestamptz not null default now()
);`.trimStart();

function createSchema(db: Database): string {
  return `create schema "${schemaOf(db)}";`;
}

function recordMigration({ id, name, checksum }: Migration): string {
  return `insert into tidings.migrations (id, name, checksum) values (${id}, '${name}', '${checksum}');`;
}

/** All tables and views that the migrations make, applied or not, but no partitions: those are made by functions. */
function tablesOf(migrations: readonly Migration[]): string[] {
  const made = /^create (?:table|view)(?: if not exists)? tidings\.(\w+)/gm;
  return [CREATE_MIGRATIONS, ...migrations.map(({ sql }) => sql)]
    .flatMap((sql) => Array.from(sql.matchAll(made), ([, name]) => name!))
    .sort();
}

async function schemaExists(db: Queryable, schema: string): Promise<boolean> {
  const rows = await db.query("select 1 as found from pg_namespace where nspname = $1", [schema]);
  return rows.length > 0;
}

/** Before the first migration: what cannot be put right later. */
async function checkDatabase(db: Queryable, schema: string): Promise<void> {
  const [server] = await db.query<{ encoding: string }>(
    "select current_setting('server_encoding') as encoding",
  );
  if (server!.encoding !== "UTF8") {
    throw new TidingsError("DATABASE_ENCODING", { detail: `The encoding here is ${server!.encoding}` });
  }
  await checkSchemaIsFree(db, schema);
}

/**
 * Roles are granted what they need on everything in the schema, and lose what else they had there: among the app's own
 * tables that would open some and close others. So Tidings begins in a schema of its own.
 */
async function checkSchemaIsFree(db: Queryable, schema: string): Promise<void> {
  const [other] = await db.query<{ name: string }>(
    `select relname::text as name from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     union all
     select proname::text from pg_proc where pronamespace = to_regnamespace($1)
     order by name limit 1`,
    [quoteIdentifier(schema)],
  );
  if (other) {
    throw new TidingsError("INVALID_OPTION", {
      detail: `The schema "${schema}" holds "${other.name}"; Tidings needs one of its own`,
    });
  }
}

type AppliedMigration = Pick<Migration, "id" | "name" | "checksum">;

async function appliedMigrations(db: Queryable): Promise<AppliedMigration[]> {
  const [table] = await db.query<{ found: boolean; schema: string; made_as: string | null }>(FIND_MIGRATIONS);
  if (!table?.found) return [];
  const { schema, made_as: madeAs } = table;
  if (madeAs !== null && madeAs !== schema) {
    throw new TidingsError("SCHEMA_RENAMED", {
      detail: `The schema "${schema}" was migrated as "${madeAs}"`,
    });
  }
  const applied = await db.query<AppliedMigration>(
    "select id, name, checksum from tidings.migrations order by id",
  );
  // The table is never empty.
  if (applied.length === 0) await checkRowsVisible(db);
  return applied;
}

// The functions' bodies are text, and name the schema that they were made in.
const FIND_MIGRATIONS = `
select to_regclass('tidings.migrations') is not null as found,
       replace(split_part('tidings.migrations', '.', 1), '"', '') as schema,
       (select substring(prosrc from '([a-z0-9_]+)"?[.]uuid7_floor') from pg_proc
         where oid = to_regproc('tidings.split_tail')) as made_as`;

async function checkRowsVisible(db: Queryable): Promise<void> {
  const [row] = await db.query<{ hidden: boolean; role: string }>(
    "select row_security_active('tidings.migrations') as hidden, current_user::text as role",
  );
  if (row!.hidden)
    throw new TidingsError("ROWS_HIDDEN", {
      detail: `The role ${row!.role} sees no row of the table migrations`,
    });
}

async function pendingAmong(migrations: readonly Migration[], db: Queryable): Promise<Migration[]> {
  const applied = await appliedMigrations(db);
  for (const { id, name, checksum } of applied) {
    const known = migrations.find((migration) => migration.id === id);
    if (known === undefined) {
      throw new TidingsError("SCHEMA_NEWER", {
        detail: `${name} was applied, and this version does not have it`,
      });
    }
    if (known.checksum !== checksum) {
      throw new TidingsError("MIGRATION_CHANGED", { detail: `${name} was applied with other contents` });
    }
  }
  const done = new Set(applied.map(({ id }) => id));
  return migrations.filter(({ id }) => !done.has(id));
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

async function readMigrations(): Promise<Migration[]> {
  return readPackaged(readFiles);
}

/** Beside this module, in src/ and in dist/ alike. Bundlers (Next.js) refuse a folder in `new URL(…, import.meta.url)`. */
async function readFiles(): Promise<Migration[]> {
  const directory = join(dirname(fileURLToPath(import.meta.url)), "migrations");
  const names = (await readdir(directory)).filter((name) => FILE_NAME.test(name)).sort();
  // Beside a bundle may lie migrations that are the app's own.
  if (names[0] !== "0001_tables.sql")
    throw new TidingsError("FILES_MISSING", { detail: `Not in ${directory}` });
  return Promise.all(
    names.map(async (name) => {
      // A checkout with CRLF line ends is the same migration.
      const sql = (await readFile(join(directory, name), "utf8")).replaceAll("\r\n", "\n");
      return { id: Number(FILE_NAME.exec(name)![1]), name, sql, checksum: sha256(sql) };
    }),
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
