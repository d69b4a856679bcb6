import { spawn } from "node:child_process";
import { chownSync, chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, serverUser, stopped, untilReady } from "./postgres.ts";

const BINARY = "/usr/sbin/pgbouncer";

/** PgBouncer is where Debian's package puts it, or not at all. */
export const pgbouncerInstalled = existsSync(BINARY);

/** Starts PgBouncer with two server connections in front of the database at `url`. */
export async function startPgbouncer(
  url: string,
  poolMode: "transaction" | "session" = "transaction",
): Promise<{ url: string; stop: () => Promise<void> }> {
  const target = new URL(url);
  const home = mkdtempSync(join(tmpdir(), "tidings-pgbouncer-"));
  const port = await freePort();
  writeFileSync(join(home, "users.txt"), `"${target.username}" "${target.password}"\n`);
  writeFileSync(
    join(home, "pgbouncer.ini"),
    `[databases]
* = host=${target.hostname} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(home, "users.txt")}
pool_mode = ${poolMode}
default_pool_size = 2
max_client_conn = 100
`,
  );
  const user = serverUser(); // refuses to run as root, as PostgreSQL does
  chmodSync(home, 0o755);
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  const bouncer = spawn(BINARY, [join(home, "pgbouncer.ini")], {
    ...user,
    cwd: home,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = async () => {
    await stopped(bouncer);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await untilReady(bouncer, "process up");
  } catch (error) {
    await stop();
    throw error;
  }
  const through = new URL(url);
  through.host = `127.0.0.1:${port}`;
  return { url: through.href, stop };
}
