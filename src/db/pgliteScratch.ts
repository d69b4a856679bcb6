import type { PGlite, Transaction as PGliteTransaction } from "@electric-sql/pglite";
import { importPglite } from "./importPglite.ts";
import { pglite } from "./pgliteAdapter.ts";
import type { Scratch } from "./scratch.ts";

export interface PgliteScratchOptions {
  /** Makes the app's tables, without rows: what the app does for a new database. */
  prepare: (pglite: PGlite) => Promise<unknown>;
  /** Opens the PGlite, where the app needs extensions. Default: an empty one in memory. */
  open?: (() => Promise<PGlite>) | undefined;
}

export interface PgliteScratch extends Scratch<PGliteTransaction> {
  /** The database itself. */
  readonly pglite: PGlite;
}

/** A PGlite of its own in memory, about three seconds for the first of a process. */
export async function pgliteScratch({
  prepare,
  open = openInMemory,
}: PgliteScratchOptions): Promise<PgliteScratch> {
  const client = await open();
  const drop = async () => {
    if (!client.closed) await client.close();
  };
  try {
    await prepare(client);
  } catch (error) {
    await drop();
    throw error;
  }
  return { db: pglite(client), pglite: client, drop, [Symbol.asyncDispose]: drop };
}

async function openInMemory(): Promise<PGlite> {
  const { PGlite } = await importPglite();
  return PGlite.create();
}
