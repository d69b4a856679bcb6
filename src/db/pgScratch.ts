import { setTimeout as pause } from "node:timers/promises";
import type { ClientBase, Pool, PoolConfig } from "pg";
import { TidingsError } from "../errors.ts";
import { dropOrphanedScratches, newScratchName } from "./orphanedScratches.ts";
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
  /** `tidings_scratch_`, when it was made, and chance. */
  readonly name: string;
}

/**
 * A database of its own on the server of `pool`, so that the app's SQL runs in it as it is, whatever schemas it names. Before, it
 * drops those that were left by processes that are gone. Throws SCRATCH_REFUSED where the role may not create databases.
 */
export async function pgScratch(pool: Pool, { prepare }: PgScratchOptions): Promise<PgScratch> {
  const server = pg(pool, { listen: false });
  await dropOrphanedScratches(server);
  const name = await newScratchName(server);
  await createDatabase(pool, name);
  const scratch = await openBeside(pool, name);
  let leave = async (): Promise<void> => undefined;
  let dropped: Promise<void> | undefined;
  const drop = () =>
    (dropped ??= (async () => {
      await Promise.all([leave(), scratch.end()]);
      await pool.query(`drop database if exists ${quoteIdentifier(name)} with (force)`);
    })());
  try {
    leave = await stayConnected(pool, name);
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
async function openBeside(pool: Pool, database: string, config: PoolConfig = {}): Promise<Pool> {
  // From a client, because a connection string in the options would win over `database`.
  const client = await pool.connect();
  const { host, port, user, password, ssl } = client;
  client.release();
  const PoolClass = pool.constructor as typeof Pool;
  const options = {
    ...pool.options,
    connectionString: undefined,
    host,
    port,
    user,
    password,
    ssl,
    database,
    ...config,
  };
  const scratch = new PoolClass(options);
  // The drop below may close connections that the pool still holds; without a listener that would end the process.
  scratch.on("error", () => undefined);
  return scratch;
}

const RECONNECT_MS = 1_000;

/**
 * Shows everybody that the database is in use: its pool has no connection while it rests, and who finds none may drop it. The
 * connection ends with the process, however that ends, and keeps none alive. Returns what ends it.
 */
async function stayConnected(pool: Pool, database: string): Promise<() => Promise<void>> {
  const presence = await openBeside(pool, database, {
    max: 1,
    idleTimeoutMillis: 0,
    maxLifetimeSeconds: 0,
    maxUses: Infinity,
    allowExitOnIdle: true,
  });
  let staying = true;
  const connect = () => presence.query("set idle_session_timeout = 0");
  presence.on("error", async () => {
    while (staying && !(await connect().catch(() => false)))
      await pause(RECONNECT_MS, undefined, { ref: false });
  });
  await connect();
  return async () => {
    staying = false;
    await presence.end();
  };
}
