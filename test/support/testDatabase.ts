import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Pool, type PoolConfig } from "pg";
import { inject } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { pg } from "../../src/db/pg.ts";
import { pglite } from "../../src/db/pglite.ts";
import { dumpToCopy } from "../../src/testing/migratedPglite.ts";
import { administer, databaseUrl, type ServerName, type TestServer } from "./databaseServers.ts";

export interface TestDatabase {
  readonly db: Database;
  /** Runs `work` in a transaction that the app opened itself, with the driver's own handle: what `adopt` takes. */
  readonly ownTransaction: <Result>(work: (handle: unknown) => Promise<Result>) => Promise<Result>;
  /** Closes everything and removes the database. */
  readonly drop: () => Promise<void>;
}

export interface PostgresTestDatabase extends TestDatabase {
  readonly server: TestServer;
  /** Of the ordinary role that owns the database. */
  readonly url: string;
  readonly pool: Pool;
  /** The same database for a superuser. */
  readonly adminUrl: string;
}

export interface PgliteTestDatabase extends TestDatabase {
  readonly client: PGlite;
}

export interface TestDatabaseOptions {
  /** Default "embedded". */
  server?: ServerName | undefined;
  /** False gives a database without the Tidings schema. Default true. */
  migrated?: boolean | undefined;
}

/** The server with this name, if this run has it. */
export function testServer(name: ServerName): TestServer | undefined {
  return inject("databaseServers").find((server) => server.name === name);
}

/** A fresh database on a real PostgreSQL, owned by a role that is not a superuser. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<PostgresTestDatabase> {
  const server = testServer(options.server ?? "embedded");
  if (server === undefined) throw new Error(`This run has no PostgreSQL called "${options.server}"`);
  const name = `tidings_${randomBytes(6).toString("hex")}`;
  const template = options.migrated === false ? "template1" : server.template;
  const createDatabase = `create database ${name} owner ${server.owner} template ${template}`;
  await administer(server.adminUrl, (admin) => admin.query(createDatabase));
  const url = databaseUrl(server, name);
  const pool = openPool({ connectionString: url });
  const admin = new URL(server.adminUrl);
  return {
    db: pg(pool),
    server,
    url,
    pool,
    adminUrl: databaseUrl(
      server,
      name,
      decodeURIComponent(admin.username),
      decodeURIComponent(admin.password),
    ),
    ownTransaction: async (work) => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const result = await work(client);
        await client.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback");
        throw error;
      } finally {
        client.release();
      }
    },
    drop: async () => {
      await pool.end();
      await administer(server.adminUrl, (admin) => admin.query(`drop database ${name} with (force)`));
    },
  };
}

/** A pool that outlives its database: `end` resolves before the server lets go, and a drop closes the rest. */
export function openPool(config: PoolConfig): Pool {
  const pool = new Pool(config);
  pool.on("error", () => undefined); // without a listener the closed connection would end the process
  return pool;
}

/** A fresh PGlite in memory. */
export async function createTestPglite(
  options: { migrated?: boolean | undefined } = {},
): Promise<PgliteTestDatabase> {
  const client = await PGlite.create({ loadDataDir: await pgliteDump(options.migrated ?? true) });
  return {
    db: pglite(client),
    client,
    ownTransaction: (work) => client.transaction((tx) => work(tx)) as Promise<never>,
    drop: () => client.close(),
  };
}

/** One PGlite for the whole run, dumped to a file: making it takes 3 to 4 s, opening a copy 0.3 s. */
async function pgliteDump(migrated: boolean): Promise<Blob> {
  const path = join(inject("sharedDirectory"), migrated ? "migrated.tar" : "empty.tar");
  if (!existsSync(path)) {
    const original = await PGlite.create();
    if (migrated) await migrate(pglite(original));
    const dump = await dumpToCopy(original);
    await original.close();
    // Two workers may come here at once: each writes its own file, and the later name wins.
    const own = `${path}.${process.pid}`;
    await writeFile(own, Buffer.from(await dump.arrayBuffer()));
    await rename(own, path);
  }
  return new Blob([await readFile(path)]);
}
