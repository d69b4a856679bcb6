import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite, type Transaction } from "@electric-sql/pglite";
import { claimDirectory } from "./claimDirectory.ts";

/** The handle that every domain method takes: the app's statements and `record` share it, so they commit together. */
export type Tx = Transaction;

export const directory = process.env["BOARD_DATA"] ?? join(import.meta.dirname, "../.data");
export const inMemory = directory === ":memory:";
const releaseDirectory = inMemory ? () => undefined : claimDirectory(directory);

export const db = inMemory ? new PGlite() : new PGlite(join(directory, "postgres"));

export const schema = await readFile(join(import.meta.dirname, "schema.sql"), "utf8");

/** The board's own, all made by actions. */
export const tables = ["comments", "cards", "columns", "members", "boards"];

export async function createTables(): Promise<void> {
  await db.exec(schema);
}

export async function closeDatabase(): Promise<void> {
  await db.close();
  releaseDirectory();
}
