import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { migrate, migrationScript } from "../db/migrate.ts";
import { pglite } from "../db/pglite.ts";
import { inSchema } from "../db/schema.ts";

/**
 * Opens a PGlite in memory that has Tidings' tables. The first one of a process is made from nothing (3 s); the others
 * are copies of its data directory (0.3 s). With `cacheDirectory` other processes copy it too.
 */
export async function openMigratedPglite(
  schema: string,
  cacheDirectory: string | undefined,
): Promise<PGlite> {
  return PGlite.create({ loadDataDir: await dataDirectory(schema, cacheDirectory) });
}

const directories = new Map<string, Promise<Blob>>();

function dataDirectory(schema: string, cacheDirectory: string | undefined): Promise<Blob> {
  const known = directories.get(schema);
  if (known) return known;
  const made = cacheDirectory === undefined ? makeFresh(schema) : cached(schema, cacheDirectory);
  directories.set(schema, made);
  // A failure is not remembered: the next call tries again.
  made.catch(() => directories.delete(schema));
  return made;
}

async function makeFresh(schema: string): Promise<Blob> {
  const original = await PGlite.create();
  try {
    await migrate(inSchema(pglite(original), schema));
    return (await original.dumpDataDir("none")) as Blob;
  } finally {
    await original.close();
  }
}
