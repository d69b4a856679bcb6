import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Pool } from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../../src/db/migrate.ts";
import { pg } from "../../src/db/pg.ts";
import { embeddedBinaries, startPostgres, systemBinaries, type PostgresBinaries } from "./postgres.ts";

/**
 * The servers that database tests run on: `embedded` comes with npm, `system` is what the operating system has (the
 * oldest supported version, where that is what is installed), `env` is TIDINGS_TEST_DATABASE_URL.
 */
export type ServerName = "embedded" | "system" | "env";

export interface TestServer {
  readonly name: ServerName;
  readonly version: string;
  /** May create databases and roles. */
  readonly adminUrl: string;
  /** An ordinary role: it owns the test databases and nothing else. */
  readonly owner: string;
  readonly password: string;
  /** A database with all migrations applied, to be copied (about 70 ms; creating and migrating one takes 150 ms). */
  readonly template: string;
}

declare module "vitest" {
  interface ProvidedContext {
    databaseServers: readonly TestServer[];
    /** A directory for what worker processes share; gone after the run. */
    sharedDirectory: string;
  }
}

/** Vitest's global setup: starts the servers once for the whole run and stops them, whatever happened in between. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const sharedDirectory = mkdtempSync(join(tmpdir(), "tidings-tests-"));
  const removeShared = () => rmSync(sharedDirectory, { recursive: true, force: true });
  process.once("exit", removeShared); // an interrupted run has no teardown
  const undo: (() => Promise<void>)[] = [async () => removeShared()];
  const teardown = async () => {
    for (const step of undo.reverse()) await step();
  };
  const servers: TestServer[] = [];
  const start = async (name: ServerName, binaries: PostgresBinaries | undefined) => {
    if (binaries === undefined) return;
    const { url, stop } = await startPostgres(binaries);
    undo.push(stop);
    servers.push(await prepare(name, url));
  };
  try {
    await start("embedded", await embeddedBinaries());
    await start("system", systemBinaries());
    if (process.env.TIDINGS_TEST_DATABASE_URL) {
      const server = await prepare("env", process.env.TIDINGS_TEST_DATABASE_URL);
      undo.push(() => leave(server));
      servers.push(server);
    }
    project.provide("databaseServers", servers);
    project.provide("sharedDirectory", sharedDirectory);
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}

async function prepare(name: ServerName, adminUrl: string): Promise<TestServer> {
  const run = randomBytes(4).toString("hex");
  const owner = `tidings_test_${run}`;
  const password = randomBytes(12).toString("hex");
  const template = `tidings_template_${run}`;
  const version = await administer(adminUrl, async (admin) => {
    await admin.query(`create role ${owner} login password '${password}'`);
    await admin.query(`create database ${template} owner ${owner}`);
    const { rows } = await admin.query<{ version: string }>(
      "select split_part(version(), ' ', 2) as version",
    );
    return rows[0]!.version;
  });
  const server = { name, version, adminUrl, owner, password, template };
  const pool = new Pool({ connectionString: databaseUrl(server, template), max: 1 });
  await migrate(pg(pool, { listen: false })).finally(() => pool.end());
  return server;
}

/** Removes from a server that is not ours what `prepare` made there. */
function leave({ adminUrl, template, owner }: TestServer): Promise<void> {
  return administer(adminUrl, async (admin) => {
    await admin.query(`drop database ${template} with (force)`);
    await admin.query(`drop role ${owner}`);
  });
}

/** Runs `work` on a connection of its own with the administrator's rights. */
export async function administer<Result>(
  adminUrl: string,
  work: (admin: Client) => Promise<Result>,
): Promise<Result> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  return work(admin).finally(() => admin.end());
}

/** The URL of `database` on `server` for its ordinary role, or for another one. */
export function databaseUrl(
  server: TestServer,
  database: string,
  role = server.owner,
  password = server.password,
): string {
  const url = new URL(server.adminUrl);
  url.pathname = `/${database}`;
  url.username = role;
  url.password = password;
  return url.href;
}
