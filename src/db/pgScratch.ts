import { randomBytes } from "node:crypto";
import type { ClientBase, Pool } from "pg";
import { TidingsError } from "../errors.ts";
import { pg } from "./pgAdapter.ts";
import { quoteIdentifier } from "./schema.ts";
import type { Scratch } from "./scratch.ts";
import { sqlStateOf } from "./sqlState.ts";

export interface PgScratchOptions {
  /** Makes the app's tables, without rows: what the app does for a new database. */
  prepare: (pool: Pool) => Promise<unknown>;
}

export interface PgScratch extends Scratch<ClientBase> {
  /** Of the scratch database. */
  readonly pool: Pool;
  /** `tidings_scratch_` and twelve hex digits: what to drop by hand where a process was killed. */
  readonly name: string;
}

/**
 * A database of its own on the server of `pool`, so that the app's SQL runs in it as it is, whatever schemas it names.
 * Throws SCRATCH_REFUSED where the role may not create databases.
 */
export async function pgScratch(pool: Pool, { prepare }: PgScratchOptions): Promise<PgScratch> {
  const name = `tidings_scratch_${randomBytes(6).toString("hex")}`;
  await createDatabase(pool, name);
  const scratch = await openBeside(pool, name);
  let dropped: Promise<void> | undefined;
  const drop = () => (dropped ??= dropDatabase(pool, scratch, name));
  try {
    await prepare(scratch);
  } catch (error) {
    await drop();
    throw error;
  }
  return { db: pg(scratch, { listen: false }), pool: scratch, name, drop, [Symbol.asyncDispose]: drop };
}

const INSUFFICIENT_PRIVILEGE = "42501";

async function createDatabase(pool: Pool, name: string): Promise<void> {
  try {
    await pool.query(`create database ${quoteIdentifier(name)}`);
  } catch (error) {
    if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new TidingsError("SCRATCH_REFUSED", { detail: (error as Error).message, cause: error });
  }
}

/** A pool like the given one, on another database of its server. */
async function openBeside(pool: Pool, database: string): Promise<Pool> {
  // From a client, because a connection string in the options would win over `database`.
  const client = await pool.connect();
  const { host, port, user, password, ssl } = client;
  client.release();
  const PoolClass = pool.constructor as typeof Pool;
  const options = { ...pool.options, connectionString: undefined, host, port, user, password, ssl, database };
  const scratch = new PoolClass(options);
  // The drop below may close connections that the pool still holds; without a listener that would end the process.
  scratch.on("error", () => undefined);
  return scratch;
}

async function dropDatabase(pool: Pool, scratch: Pool, name: string): Promise<void> {
  await scratch.end();
  await pool.query(`drop database if exists ${quoteIdentifier(name)} with (force)`);
}
