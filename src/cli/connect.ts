import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "../db/database.ts";
import { checkSchema } from "../db/migrate.ts";
import { pg } from "../db/pg.ts";
import { pglite } from "../db/pglite.ts";
import { inSchema } from "../db/schema.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { CliError } from "./cliError.ts";
import type { Call, Options } from "./command.ts";
import { importFromProject } from "./importFromProject.ts";
import { loadProject, projectFile } from "./project.ts";

export const connectionOptions: Options = {
  "database-url": {
    value: "URL",
    description:
      "PostgreSQL. Default: TIDINGS_DATABASE_URL, then the config file's database, then DATABASE_URL.",
  },
  pglite: { value: "DIR", description: "A PGlite data directory that no other process has open." },
  schema: { value: "NAME", description: "The schema of Tidings' tables. Default: tidings." },
};

/** An open database, and what closes it. */
export interface Connection {
  readonly db: Database;
  close(): Promise<void>;
}

/** Connects as the options, the environment or the config file say, in this order, runs `work`, and closes. */
export async function withDatabase<Result>(
  call: Call,
  work: (db: Database) => Promise<Result>,
): Promise<Result> {
  const { db, close } = await connect(call);
  try {
    return await work(inSchema(db, call.text("schema") ?? "tidings"));
  } finally {
    await close();
  }
}

/** As `withDatabase`, for what needs the tables. Throws SCHEMA_MISSING, SCHEMA_OUTDATED or SCHEMA_NEWER. */
export function withLog<Result>(call: Call, work: (db: Database) => Promise<Result>): Promise<Result> {
  return withDatabase(call, async (db) => {
    await checkSchema(db);
    return work(db);
  });
}

async function connect(call: Call): Promise<Connection> {
  const directory = call.text("pglite");
  const given = call.text("database-url");
  if (directory !== undefined && given !== undefined) {
    throw new CliError("USAGE", "Pass --database-url or --pglite, not both");
  }
  if (directory !== undefined) return openDirectory(directory);
  const url = given ?? call.terminal.environment["TIDINGS_DATABASE_URL"];
  if (url !== undefined && url !== "") return openUrl(url);
  if (projectFile(call) !== undefined) {
    const { db } = await loadProject(call);
    if (db) return { db, close: async () => undefined };
  }
  const fallback = call.terminal.environment["DATABASE_URL"];
  if (fallback !== undefined && fallback !== "") return openUrl(fallback);
  throw new CliError(
    "DATABASE_URL_MISSING",
    "No database. Pass --database-url postgres://…, set TIDINGS_DATABASE_URL, or pass --pglite DIR",
  );
}

const CONNECT_WITHIN_MS = 10_000;

async function openUrl(url: string): Promise<Connection> {
  const driver = await importFromProject<typeof import("pg")>("pg");
  if (!driver) throw new CliError("DRIVER_MISSING", "PostgreSQL needs the package pg. Run: npm install pg");
  const pool = new driver.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    application_name: "tidings",
  });
  // A connection that the server ends while idle is not worth ending the command for: the next query says so.
  pool.on("error", () => undefined);
  try {
    (await pool.connect()).release();
  } catch (cause) {
    await pool.end();
    throw refusal(url, cause);
  }
  return { db: pg(pool, { listen: false }), close: () => pool.end() };
}

/** Never with the password: the output of a failing command ends up in logs. */
function refusal(url: string, cause: unknown): CliError {
  const where = URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : "the database URL";
  const errors = cause instanceof AggregateError ? (cause.errors as Error[]) : [cause as Error];
  const reason = errors.map(({ message }) => message).join("; ");
  return sqlStateOf(cause) !== undefined
    ? new CliError(
        "DATABASE_REFUSED",
        `${where} answered: ${reason}. Check user, password and database name`,
        { cause },
      )
    : new CliError(
        "DATABASE_UNREACHABLE",
        `${where}: ${reason}. Check that the server runs and the address is right`,
        {
          cause,
        },
      );
}

async function openDirectory(directory: string): Promise<Connection> {
  // PGlite keeps this file while it has the directory open, and would not notice a second process.
  if (existsSync(join(directory, "postmaster.pid"))) {
    throw new CliError(
      "DATA_DIRECTORY_IN_USE",
      `${directory} is open in another process. Ask that one over HTTP instead: --server URL --token T. ` +
        "If its process was killed and nothing has the directory open, delete postmaster.pid in it",
    );
  }
  const driver = await importFromProject<typeof import("@electric-sql/pglite")>("@electric-sql/pglite");
  if (!driver) {
    throw new CliError("DRIVER_MISSING", "--pglite needs a package. Run: npm install @electric-sql/pglite");
  }
  const client = await driver.PGlite.create(directory);
  return { db: pglite(client), close: () => client.close() };
}
