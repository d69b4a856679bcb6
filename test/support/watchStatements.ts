import type { Database, Queryable, Transaction } from "../../src/db/database.ts";

export interface WatchedDatabase<Handle> {
  readonly db: Database<Handle>;
  /** Everything sent so far, transactions by the word `begin`. */
  readonly statements: string[];
}

/** A view of `db` that notes every statement. */
export function watchStatements<Handle>(db: Database<Handle>): WatchedDatabase<Handle> {
  const statements: string[] = [];
  const query =
    (on: Queryable): Queryable["query"] =>
    (sql, parameters, options) => {
      statements.push(sql);
      return on.query(sql, parameters, options);
    };
  const watched = (tx: Transaction<Handle>): Transaction<Handle> => ({
    handle: tx.handle,
    query: query(tx),
    execute: (script) => {
      statements.push(script);
      return tx.execute(script);
    },
  });
  return {
    statements,
    db: {
      ...db,
      query: query(db),
      transaction: (work) => {
        statements.push("begin");
        return db.transaction((tx) => work(watched(tx)));
      },
      adopt: (handle) => watched(db.adopt(handle)),
    },
  };
}

/** A database that is down: every statement fails, and is noted. */
export function downDatabase(): WatchedDatabase<unknown> {
  const fail = () => Promise.reject(new Error("connect ECONNREFUSED"));
  return watchStatements<unknown>({
    driver: "none",
    concurrent: true,
    query: fail,
    transaction: fail,
    adopt: (handle) => ({ handle, query: fail, execute: fail }),
  });
}
