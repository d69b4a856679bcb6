import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pglite } from "../db/pglite.ts";
import { CliError } from "./cliError.ts";
import type { Call } from "./command.ts";
import type { Connection, ConnectOptions } from "./connect.ts";
import { importFromProject } from "./importFromProject.ts";

/** Opens a PGlite data directory, and closes it however the command ends. */
export async function openDirectory(
  directory: string,
  call: Call,
  { create = false }: ConnectOptions,
): Promise<Connection> {
  // PGlite keeps this file while it has the directory open, and would not notice a second process.
  if (existsSync(join(directory, "postmaster.pid"))) {
    throw new CliError(
      "DATA_DIRECTORY_IN_USE",
      `${directory} is open in another process, or by your config file. Ask a process over HTTP instead: ` +
        "--server URL --token T. If it was killed and nothing has the directory open, delete postmaster.pid in it",
    );
  }
  const driver = await importFromProject<typeof import("@electric-sql/pglite")>("@electric-sql/pglite");
  if (!driver) {
    throw new CliError("DRIVER_MISSING", "--pglite needs a package. Run: npm install @electric-sql/pglite");
  }
  if (!existsSync(join(directory, "PG_VERSION"))) await makeDirectory(directory, create);
  call.terminal.progress(`opening ${directory} …`);
  const opening = driver.PGlite.create(directory);
  // However the command ends: a directory that is left open stays marked as such.
  call.atEnd(async () => (await opening.catch(() => undefined))?.close());
  try {
    return { db: pglite(await opening), close: async () => undefined };
  } catch (cause) {
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    throw new CliError(
      "DATABASE_REFUSED",
      `PGlite cannot open ${directory}${reason}. Check that it is a data directory of PGlite, and that you may write there`,
      { cause },
    );
  }
}

async function makeDirectory(directory: string, create: boolean): Promise<void> {
  if (!create) {
    const hint = `To make one: tidings migrate --pglite ${directory}`;
    throw new CliError("DATA_DIRECTORY_MISSING", `${directory} holds no PGlite database. ${hint}`);
  }
  await mkdir(directory, { recursive: true });
  // PGlite would spread its twenty files and folders among them.
  if ((await readdir(directory)).length > 0) {
    const hint = "Pass a folder that is new or empty";
    throw new CliError("DATA_DIRECTORY_MISSING", `${directory} holds other files, and no database. ${hint}`);
  }
}
