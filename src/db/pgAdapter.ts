import type { ClientBase, Pool, PoolClient } from "pg";
import { TidingsError } from "../errors.ts";
import type { Database, Parameter, StatementOptions, Transaction } from "./database.ts";
import { explainFailure } from "./failedTransaction.ts";
import { PreparedQuery, type NamedStatement } from "./preparedQuery.ts";
import { askAfter, namedStatement } from "./preparedStatements.ts";
import { sqlStateOf } from "./sqlState.ts";

export interface PgOptions {
  /**
   * Holds one extra connection that LISTENs, so that other processes' events arrive within milliseconds. `false`
   * polls only: use it behind PgBouncer's transaction pooling, which drops notifications. Default true.
   */
  listen?: boolean | undefined;
  /**
   * Has connections keep the statements of `record` and of pages prepared by name, so that the server plans each once.
   * Only where a connection proves to be the server's own: behind a pooler statements go unnamed. `false` never does.
   * Default true.
   */
  prepare?: boolean | undefined;
}

/** The adapter for node-postgres: `pg(pool)`. Transaction handles are its clients between BEGIN and COMMIT. */
export function pg(pool: Pool, options: PgOptions = {}): Database<ClientBase> {
  return {
    driver: "pg",
    concurrent: true,
    query: async <Row extends object>(
      sql: string,
      parameters?: readonly Parameter[],
      statement?: StatementOptions,
    ) => {
      try {
        return await (statement?.prepare && options.prepare !== false
          ? queryPrepared<Row>(pool, sql, parameters)
          : run<Row>(pool, sql, parameters));
      } catch (error) {
        if (sqlStateOf(error) !== SERIALIZATION_FAILURE) throw error;
        // The role's default is another level than READ COMMITTED, or a standby stopped a read. The statement was all of its
        // transaction: nothing of it happened.
        return inTransaction(pool, (tx) => tx.query<Row>(sql, parameters), options);
      }
    },
    transaction: (work) => inTransaction(pool, work, options),
    adopt: (handle) => adoptClient(handle, options),
    listen: options.listen === false ? undefined : (channel, onNotify) => listenOn(pool, channel, onNotify),
  };
}

const SERIALIZATION_FAILURE = "40001";

const run = <Row extends object>(on: Pool | ClientBase, sql: string, parameters: readonly Parameter[] = []) =>
  explained(rowsOf<Row>(on, sql, parameters));

const runPrepared = <Row extends object>(
  client: ClientBase,
  sql: string,
  parameters: readonly Parameter[] = [],
) => explained(rowsPrepared<Row>(client, sql, parameters));

async function explained<Row>(rows: Promise<Row[]>): Promise<Row[]> {
  try {
    return await rows;
  } catch (error) {
    // As pg's own promise does: from here the stack leads to the caller, not to where pg read the answer.
    if (error instanceof Error) Error.captureStackTrace(error);
    throw explainFailure(error);
  }
}

/**
 * By a callback: with the promise of a client's `query` the rows of past statements outlive the small garbage collections,
 * which then copy megabytes: 53 KB of each page of a feed (pg 8.23 on Node 20, measured).
 */
function rowsOf<Row extends object>(
  on: Pool | ClientBase,
  sql: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    on.query<Row>(sql, parameters as Parameter[], (error: Error | undefined, result) => {
      if (error) reject(error);
      else resolve(result.rows);
    });
  });
}

/** Sends the statement before it awaits anything: a call whose promise nobody awaits comes before the app's COMMIT or ROLLBACK. */
async function rowsPrepared<Row extends object>(
  client: ClientBase,
  sql: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  const statement = namedStatement(client, sql);
  if (statement) return rowsOfNamed(client, statement, parameters);
  const rows = await rowsOf<Row>(client, sql, parameters);
  await askAfter(client);
  return rows;
}

function rowsOfNamed<Row extends object>(
  on: ClientBase,
  statement: NamedStatement,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    on.query(
      new PreparedQuery<Row>(statement, parameters, (error, rows) => {
        if (error) reject(error);
        else resolve(rows);
      }),
    );
  });
}

/** As `pool.query`, which would not say which client it takes. */
function queryPrepared<Row extends object>(
  pool: Pool,
  sql: string,
  parameters: readonly Parameter[] | undefined,
): Promise<Row[]> {
  return withClient(pool, async (client, discard) => {
    try {
      return await runPrepared<Row>(client, sql, parameters);
    } catch (error) {
      discard(error as Error);
      throw error;
    }
  });
}

function inTransaction<Result>(
  pool: Pool,
  work: (tx: Transaction<ClientBase>) => Promise<Result>,
  options: PgOptions,
): Promise<Result> {
  return withClient(pool, async (client, discard) => {
    try {
      await client.query("begin isolation level read committed");
      const result = await work(transactionOn(client, options));
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch(discard);
      throw error;
    }
  });
}

async function withClient<Result>(
  pool: Pool,
  work: (client: PoolClient, discard: (reason: Error) => void) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that dies meanwhile emits "error"; without a listener that would end the process.
  const discard = (reason: Error) => void (broken = reason);
  client.on("error", discard);
  try {
    return await work(client, discard);
  } finally {
    client.removeListener("error", discard);
    client.release(broken);
  }
}

/** The server reports a transaction's state after every statement; pg keeps the last report. */
function adoptClient(handle: unknown, options: PgOptions): Transaction<ClientBase> {
  if (!isClient(handle)) {
    throw new TidingsError("TRANSACTION_REQUIRED", {
      detail:
        "The handle is not a client of pg: of a pool take pool.connect(), of Drizzle, Knex, Kysely or Prisma what docs/guides/query-builders.md says",
    });
  }
  const status = handle.getTransactionStatus();
  if (status !== "T") {
    throw new TidingsError("TRANSACTION_REQUIRED", {
      detail:
        status === "E"
          ? "An earlier statement of this transaction failed"
          : "No BEGIN was run on this client",
    });
  }
  return transactionOn(handle, options);
}

type Client = ClientBase & { getTransactionStatus(): "I" | "T" | "E" | null };

function isClient(handle: unknown): handle is Client {
  return (
    typeof handle === "object" && handle !== null && "getTransactionStatus" in handle && "query" in handle
  );
}

function transactionOn(client: ClientBase, { prepare = true }: PgOptions): Transaction<ClientBase> {
  return {
    handle: client,
    query: (sql, parameters, options) =>
      prepare && options?.prepare ? runPrepared(client, sql, parameters) : run(client, sql, parameters),
    execute: async (script) => {
      await client.query(script);
    },
  };
}

const FIRST_RECONNECT_MS = 1_000;
const LAST_RECONNECT_MS = 15_000;

async function listenOn(pool: Pool, channel: string, onNotify: (payload: string) => void) {
  let stopped = false;
  let failures = 0;
  let client: PoolClient | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    // A client of its own, so that listening takes no slot of the app's pool.
    const { Client } = pool as unknown as { Client: new (options: object) => PoolClient };
    const next = new Client((pool as unknown as { options: object }).options);
    next.on("error", () => reconnect(next));
    next.on("end", () => reconnect(next));
    next.on("notification", (message) => onNotify(message.payload ?? ""));
    client = next;
    await next.connect();
    await next.query(`listen "${channel.replaceAll('"', '""')}"`);
    failures = 0;
    // Whatever was sent while nobody listened is found by looking once.
    onNotify("");
  }
  function reconnect(lost: PoolClient): void {
    if (stopped || client !== lost) return;
    client = undefined;
    // A server may take the connection and refuse LISTEN, as a standby does: it would keep one of each try.
    void hangUp(lost);
    const waitMs = Math.min(FIRST_RECONNECT_MS * 2 ** failures++, LAST_RECONNECT_MS);
    retry = setTimeout(() => void connect().catch(() => client && reconnect(client)), waitMs);
    retry.unref();
  }
  async function end(): Promise<void> {
    stopped = true;
    clearTimeout(retry);
    if (client) await hangUp(client);
  }
  await connect().catch((error: unknown) => {
    if (client) reconnect(client);
    if (!retry) throw error;
  });
  return end;
}

async function hangUp(client: PoolClient): Promise<void> {
  await (client as unknown as { end(): Promise<void> }).end().catch(() => undefined);
}
