import type { Database } from "../db/database.ts";
import { checkSchema } from "../db/migrate.ts";
import { pg } from "../db/pg.ts";
import { inSchema, SCHEMA_NAME } from "../db/schema.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { CliError } from "./cliError.ts";
import type { Call, Options } from "./command.ts";
import { importFromProject } from "./importFromProject.ts";
import { openDirectory } from "./openDirectory.ts";
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

/** `--schema`, or Tidings' own. Throws USAGE for what cannot be a name, before anything is opened. */
export function schemaOption(call: Call): string {
  const schema = call.text("schema") ?? "tidings";
  if (SCHEMA_NAME.test(schema)) return schema;
  const form = "1 to 48 characters of a-z, 0-9 and _, not starting with a digit";
  throw new CliError("USAGE", `--schema must be ${form}, not "${schema}"`);
}

/** An open database, and what closes it when the work is done. */
export interface Connection {
  readonly db: Database;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Makes the PGlite directory where it is not there yet. Default: such a path is refused, as a misspelt one. */
  readonly create?: boolean | undefined;
}

/** Connects as the options, the environment or the config file say, in this order, runs `work`, and closes. */
export async function withDatabase<Result>(
  call: Call,
  work: (db: Database) => Promise<Result>,
  options: ConnectOptions = {},
): Promise<Result> {
  const schema = schemaOption(call);
  const { db, close } = await connect(call, options);
  try {
    return await work(inSchema(db, schema));
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

async function connect(call: Call, options: ConnectOptions): Promise<Connection> {
  const directory = call.text("pglite");
  const given = call.text("database-url");
  if (directory !== undefined && given !== undefined) {
    throw new CliError("USAGE", "Pass --database-url or --pglite, not both");
  }
  if (directory !== undefined) return openDirectory(directory, call, options);
  const url = given ?? call.terminal.environment["TIDINGS_DATABASE_URL"];
  if (url !== undefined && url !== "") return openUrl(url, call);
  if (projectFile(call) !== undefined) {
    const { db } = await loadProject(call);
    if (db) return { db, close: async () => undefined };
  }
  const fallback = call.terminal.environment["DATABASE_URL"];
  if (fallback !== undefined && fallback !== "") return openUrl(fallback, call);
  throw new CliError(
    "DATABASE_URL_MISSING",
    "No database. Pass --database-url postgres://… or --pglite DIR, set TIDINGS_DATABASE_URL, or export your tidings from tidings.config.ts",
  );
}

const CONNECT_WITHIN_MS = 10_000;

/** What pg understands; it takes anything else for the name of a database on a host called "base". */
const POSTGRES_URL = /^(postgres(ql)?:\/\/|socket:|\/)/;

/** With #, / or ? as they are in a password, which makes a part of it the host, port or database: messages name those. */
const MISREAD_URL = /^\w+:(.*#|\/\/[^/?]*(\/[^?]*|\?.*)@)/;

/** Also with no host between user and path (`postgres://app:pw@/shop?host=/run/postgresql`), which pg takes for a socket. */
const isUrl = (url: string) => URL.canParse(url) || URL.canParse(url.replace("@/", "@socket/"));

async function openUrl(url: string, { terminal }: Call): Promise<Connection> {
  if (!POSTGRES_URL.test(url) || MISREAD_URL.test(url) || !(url.startsWith("/") || isUrl(url))) {
    // Without what was given: it may hold a password.
    throw new CliError(
      "DATABASE_URL_INVALID",
      "The database URL is none of PostgreSQL. Write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, and #, @, / or ? in a password as %23, %40, %2F or %3F",
    );
  }
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
  // Nor is one that does not end well: the process ends soon, and what the command says must be heard.
  const end = () => pool.end().catch(() => undefined);
  terminal.progress(`connecting to ${placeOf(url)} …`);
  try {
    (await pool.connect()).release();
  } catch (cause) {
    await end();
    throw refusal(url, cause);
  }
  return { db: pg(pool, { listen: false }), close: end };
}

function refusal(url: string, cause: unknown): CliError {
  const where = placeOf(url);
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
        { cause },
      );
}

/** Never with the password: the output of a failing command ends up in logs. */
function placeOf(url: string): string {
  return URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : "the database";
}
