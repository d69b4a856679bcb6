import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export class DirectoryInUse extends Error {
  override readonly name = "DirectoryInUse";
}

/**
 * Makes `directory` this process's own and returns what gives it back. PGlite runs PostgreSQL inside the process
 * and does not notice a second one on the same files, which would corrupt them.
 */
export function claimDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const lock = join(directory, "process.lock");
  const owner = ownerOf(lock);
  if (owner !== undefined) {
    throw new DirectoryInUse(
      `${directory} is in use by process ${owner}: the board already runs. ` +
        "Stop that one first, or start this one with another folder: BOARD_DATA=/some/folder npm start. " +
        `If process ${owner} is something else, delete ${lock}.`,
    );
  }
  writeFileSync(lock, String(process.pid), { flag: "wx" });
  return () => rmSync(lock, { force: true });
}

/** The living process that holds the lock. The lock of one that was killed is removed. */
function ownerOf(lock: string): number | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(lock, "utf8"));
  } catch {
    return undefined;
  }
  if (pid !== process.pid && isAlive(pid)) return pid;
  rmSync(lock, { force: true });
  return undefined;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
