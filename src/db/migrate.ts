import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { aFunction, aText, checkOptions } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import type { Database, Queryable } from "./database.ts";
import { grantAppRole, grantReadRole } from "./grants.ts";
import { quoteIdentifier, renameSchema, schemaArgument, schemaOf } from "./schema.ts";

export interface MigrateOptions {
  /** Grants this role what the app needs, on the tables that exist after migrating. */
  appRole?: string | undefined;
  /** Grants this role to read one account's events at a time. */
  readRole?: string | undefined;
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
    await tx.query(TAKE_LOCK);
    const pending = await pendingAmong(migrations, tx);
    if (pending[0]?.id === 1) await checkSchemaIsFree(tx, schemaOf(db));
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

/** The SQL that `migrate` would run now, for an administrator to read and run; empty when nothing is pending. */
export async function migrationScript(db: Database): Promise<string> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return "";
  if (pending[0]!.id === 1) await checkSchemaIsFree(db, schemaOf(db));
  const parts = [
    "begin isolation level read committed;",
    `${TAKE_LOCK};`,
    ...((await schemaExists(db, schemaOf(db))) ? [] : [createSchema(db)]),
    CREATE_MIGRATIONS,
    ...pending.flatMap((migration) => [migration.sql.trimEnd(), recordMigration(migration)]),
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
  return latestApplied > latestKnown ? "newer" : latestApplied < latestKnown ? "outdated" : "current";
}

/** Throws SCHEMA_MISSING, SCHEMA_OUTDATED or SCHEMA_NEWER unless the tables are those of this version. */
export async function checkSchema(db: Database): Promise<void> {
  const state = await schemaState(db);
  if (state === "current") return;
  const argument = schemaArgument(db).trim();
  // What the error says to run is meant for the default schema, and would make the tables there.
  const detail =
    argument === "" || state === "newer"
      ? undefined
      : `The schema here is "${schemaOf(db)}": the command takes ${argument}`;
  throw new TidingsError(SCHEMA_PROBLEMS[state], { detail });
}

const SCHEMA_PROBLEMS = {
  missing: "SCHEMA_MISSING",
  outdated: "SCHEMA_OUTDATED",
  newer: "SCHEMA_NEWER",
} as const;

// Ends with the transaction, so that a transaction pooler cannot leave it behind. `inSchema` renames the text as well:
// each schema has its own lock.
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

async function schemaExists(db: Queryable, schema: string): Promise<boolean> {
  const rows = await db.query("select 1 as found from pg_namespace where nspname = $1", [schema]);
  return rows.length > 0;
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
  const [table] = await db.query<{ found: boolean }>(
    "select to_regclass('tidings.migrations') is not null as found",
  );
  if (!table?.found) return [];
  return db.query<AppliedMigration>("select id, name, checksum from tidings.migrations order by id");
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

/** Beside this module, in src/ and in dist/ alike. Bundlers (Next.js) refuse a folder in `new URL(…, import.meta.url)`. */
const DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), "migrations");

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(DIRECTORY)).filter((name) => FILE_NAME.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      // A checkout with CRLF line ends is the same migration.
      const sql = (await readFile(join(DIRECTORY, name), "utf8")).replaceAll("\r\n", "\n");
      return { id: Number(FILE_NAME.exec(name)![1]), name, sql, checksum: sha256(sql) };
    }),
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
