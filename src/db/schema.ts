import { TidingsError } from "../errors.ts";
import type { Database, Transaction } from "./database.ts";

export const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,47}$/;

/**
 * Gives a view of `db` in which SQL written for the schema `tidings` runs in `schema` instead. SQL names every
 * object with its schema (`tidings.events`) because search_path is session state, which a transaction pooler loses.
 */
export function inSchema<Handle>(db: Database<Handle>, schema: string): Database<Handle> {
  if (!SCHEMA_NAME.test(schema)) {
    throw new TidingsError("INVALID_OPTION", {
      detail: `schema "${schema}" must be 1 to 48 characters of a-z, 0-9 and _, not starting with a digit`,
    });
  }
  if (schema === "tidings") return db;
  const rename = (sql: string) => renameSchema(sql, schema);
  const inTransaction = (tx: Transaction<Handle>): Transaction<Handle> => {
    const renamed: Transaction<Handle> = {
      handle: tx.handle,
      query: (sql, parameters, options) => tx.query(rename(sql), parameters, options),
      execute: (script) => tx.execute(rename(script)),
    };
    beneath.set(renamed, tx);
    return renamed;
  };
  return {
    driver: db.driver,
    concurrent: db.concurrent,
    schema,
    query: (sql, parameters, options) => db.query(rename(sql), parameters, options),
    transaction: (work) => db.transaction((tx) => work(inTransaction(tx))),
    adopt: (handle) => inTransaction(db.adopt(handle)),
    listen: db.listen && ((channel, onNotify) => db.listen!(rename(channel), onNotify)),
    close: db.close,
  };
}

const beneath = new WeakMap<Transaction, Transaction>();

/** The same transaction for SQL that the app wrote: none of it is renamed, its texts (`'https://tidings.example'`) least of all. */
export function asWritten(tx: Transaction): Transaction {
  return beneath.get(tx) ?? tx;
}

/** The schema that `tidings.` stands for in SQL given to `db`. */
export function schemaOf(db: Database): string {
  return db.schema ?? "tidings";
}

/** What a command that is meant for `db` needs after it: nothing in the schema that is the default. */
export function schemaArgument(db: Database): string {
  return schemaOf(db) === "tidings" ? "" : ` --schema ${schemaOf(db)}`;
}

/** What errors add whose message names a command: as it stands there, it would work on the default schema. */
export function schemaHint(db: Database): string | undefined {
  const argument = schemaArgument(db).trim();
  return argument === "" ? undefined : `The schema here is "${schemaOf(db)}": the command takes ${argument}`;
}

/** SQL written for the schema `tidings`, as it must read in `schema`. */
export function renameSchema(sql: string, schema: string): string {
  return schema === "tidings" ? sql : sql.replaceAll("tidings.", `"${schema}".`);
}

/** A name as SQL may hold it, whatever characters it has. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal of SQL, for statements that take no parameters. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
