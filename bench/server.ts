import { totalmem } from "node:os";
import { Client, Pool } from "pg";
import { embeddedBinaries, startPostgres, systemBinaries } from "../test/support/postgres.ts";

/** Which PostgreSQL: the one that npm brings (18), the operating system's, or a running one by its URL. */
export type ServerChoice = "embedded" | "system" | { readonly url: string };

export interface BenchServer {
  readonly url: string;
  readonly version: string;
  /** What differs from PostgreSQL's defaults, and what durability means here. */
  readonly settings: { readonly [name: string]: string };
  stop(): Promise<void>;
}

// A quarter of the memory for shared_buffers, as the manual advises (PostgreSQL 18, 19.4.1 "Memory"), but not more than
// 8 GB; the rest is counted on as the system's cache.
const quarter = Math.min(8_192, Math.floor(totalmem() / 4 / 2 ** 20));

/** Durable, as in production: every commit waits for the disk. */
const SETTINGS = [
  "fsync=on",
  "synchronous_commit=on",
  "full_page_writes=on",
  `shared_buffers=${quarter}MB`,
  `effective_cache_size=${3 * quarter}MB`,
  "work_mem=16MB",
  "maintenance_work_mem=256MB",
  "max_wal_size=4GB",
  "checkpoint_timeout=15min",
  "random_page_cost=1.1",
];

/** Starts a server for one bench, or takes the given one. `keepIn` keeps the cluster for the next run. */
export async function startServer(choice: ServerChoice, keepIn?: string): Promise<BenchServer> {
  if (typeof choice === "object") return describe(choice.url, async () => undefined);
  const binaries = choice === "embedded" ? await embeddedBinaries() : systemBinaries();
  if (binaries === undefined)
    throw new Error("The operating system has no PostgreSQL under /usr/lib/postgresql");
  const { url, stop } = await startPostgres(binaries, { settings: SETTINGS, keepIn });
  return describe(url, stop);
}

const REPORTED = ["server_version", ...SETTINGS.map((setting) => setting.split("=")[0]!)];

async function describe(url: string, stop: () => Promise<void>): Promise<BenchServer> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      "select name, current_setting(name) as setting from unnest($1::text[]) name",
      [REPORTED],
    );
    const { server_version, ...settings } = Object.fromEntries(rows.map((row) => [row.name, row.setting]));
    return { url, version: server_version!, settings, stop };
  } finally {
    await client.end();
  }
}

/** Creates an empty database on the server and returns its URL: each bench begins with one. */
export async function createDatabase(server: BenchServer, name: string): Promise<string> {
  const client = new Client(server.url);
  await client.connect();
  await client.query(`drop database if exists ${name} with (force)`);
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** A pool that outlives its server: connections that are still closing are told of its stop by an "error". */
export function openPool(url: string, max = 10): Pool {
  const pool = new Pool({ connectionString: url, max });
  pool.on("error", () => undefined);
  return pool;
}
