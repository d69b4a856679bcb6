/**
 * The seam between Tidings and a PostgreSQL driver.
 *
 * Rows carry only what every driver returns alike: text, float8 or int4 numbers, booleans and null. SQL therefore
 * casts bigint, numeric, uuid and jsonb to text, and times to milliseconds (`extract(epoch from t) * 1000`, float8).
 * Parameters are text, finite numbers, booleans or null; lists travel as array literals (`textArray`) or JSON text.
 */
export type Parameter = string | number | boolean | null;

export interface Queryable {
  /** One statement with `$1`-style parameters, unnamed unless `options` say more: any pooler passes it. */
  query<Row extends object>(
    sql: string,
    parameters?: readonly Parameter[],
    options?: StatementOptions,
  ): Promise<Row[]>;
}

export interface StatementOptions {
  /** The same text comes again and again: an adapter may keep it prepared where the connection is sure to. */
  readonly prepare: boolean;
}

/** An open transaction, ours or the caller's. */
export interface Transaction<Handle = unknown> extends Queryable {
  /** Runs a script of several statements without parameters. */
  execute(script: string): Promise<void>;
  /** The driver's own transaction object: what the caller's other queries use. */
  readonly handle: Handle;
}

/** `Handle` is the driver's transaction object. */
export interface Database<Handle = unknown> extends Queryable {
  /** Which adapter this is, for `doctor` and messages: `pg`, `pglite`, … */
  readonly driver: string;
  /** False where one connection serves the whole process (PGlite): loops then take turns. */
  readonly concurrent: boolean;
  /** The schema that `tidings.` stands for, where `inSchema` chose another one. */
  readonly schema?: string | undefined;
  /** Runs `work` in a READ COMMITTED transaction of its own; commits when it resolves, rolls back when it throws. */
  transaction<Result>(work: (tx: Transaction<Handle>) => Promise<Result>): Promise<Result>;
  /** Takes the caller's transaction handle. Throws TRANSACTION_REQUIRED when it is not an open transaction. */
  adopt(handle: unknown): Transaction<Handle>;
  /**
   * Calls `onNotify` for each notification on `channel` and returns a function that stops it. Only wakes sleepers:
   * everything works, slower, when it never fires. Undefined where the driver cannot listen.
   */
  listen?:
    ((channel: string, onNotify: (payload: string) => void) => Promise<() => Promise<void>>) | undefined;
  /**
   * Closes what must not be left to the end of the process: a PGlite directory would stay marked as open. Called by tools that
   * loaded an app only to ask it something; an app closes its database itself. Once more does nothing.
   */
  close?: (() => Promise<void>) | undefined;
}

/** A PostgreSQL array literal for a `$n::text[]` or `$n::uuid[]` parameter: drivers disagree about JavaScript arrays. */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
