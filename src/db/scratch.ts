import type { Database } from "./database.ts";

/** A database to replay into, made empty, with the app's tables, and thrown away afterwards. */
export interface Scratch<Handle = unknown> {
  readonly db: Database<Handle>;
  /** Removes the database, also when somebody is still connected. Twice is once. */
  drop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
