import { AsyncLocalStorage } from "node:async_hooks";
import type { PGlite, Transaction as PGliteTransaction } from "@electric-sql/pglite";
import { TidingsError } from "../errors.ts";
import type { Database, Parameter, Transaction } from "./database.ts";
import { explainFailure } from "./failedTransaction.ts";

/**
 * The adapter for PGlite: `pglite(db)`. Transaction handles are what `db.transaction(async (tx) => …)` hands out.
 *
 * PGlite has one connection: a call on the outer handle inside a transaction would wait for that transaction, which
 * waits for the call. `db.transaction` is therefore wrapped once so that such a call throws INSIDE_TRANSACTION.
 */
export function pglite(db: PGlite): Database<PGliteTransaction> {
  const openTransactions = watchTransactions(db);
  const refuseInside = () => {
    if (openTransactions.getStore()?.open) throw new TidingsError("INSIDE_TRANSACTION");
  };
  return {
    driver: "pglite",
    concurrent: false,
    query: async (sql, parameters) => {
      refuseInside();
      return run(db, sql, parameters);
    },
    transaction: async (work) => {
      refuseInside();
      return db.transaction(async (tx) => {
        // PGlite begins with the database's default, which its owner may have changed.
        await tx.exec("set transaction isolation level read committed");
        return work(transactionOn(tx));
      });
    },
    adopt: (handle) => {
      if (!isOpenTransaction(handle)) {
        throw new TidingsError("TRANSACTION_REQUIRED", {
          detail: "The handle is not the open transaction that db.transaction() handed out",
        });
      }
      return transactionOn(handle);
    },
    listen: async (channel, onNotify) => {
      refuseInside();
      // PGlite's own listen() loses quotes and capitals of a channel's name. LISTEN stays: nobody else has the connection.
      await db.exec(`listen "${channel.replaceAll('"', '""')}"`);
      const stop = db.onNotification((heard, payload) => {
        // Arrives with a commit, when no transaction is open any more: the listener may query.
        if (heard === channel) onNotify(payload);
      });
      return async () => stop();
    },
    close: async () => {
      if (!db.closed) await db.close();
    },
  };
}

interface Scope {
  open: boolean;
}

const watched = new WeakMap<PGlite, AsyncLocalStorage<Scope>>();

function watchTransactions(db: PGlite): AsyncLocalStorage<Scope> {
  const known = watched.get(db);
  if (known) return known;
  const scopes = new AsyncLocalStorage<Scope>();
  watched.set(db, scopes);
  const original = db.transaction.bind(db);
  db.transaction = ((work: (tx: PGliteTransaction) => Promise<unknown>) =>
    original((tx) => {
      const scope: Scope = { open: true };
      // Timers started inside keep this scope; once the transaction is over they may use the outer handle again.
      return scopes.run(scope, () => work(tx)).finally(() => (scope.open = false));
    })) as PGlite["transaction"];
  return scopes;
}

function isOpenTransaction(handle: unknown): handle is PGliteTransaction {
  return (
    typeof handle === "object" &&
    handle !== null &&
    "rollback" in handle &&
    "closed" in handle &&
    handle.closed === false
  );
}

function transactionOn(tx: PGliteTransaction): Transaction<PGliteTransaction> {
  return {
    handle: tx,
    query: (sql, parameters) => run(tx, sql, parameters),
    execute: async (script) => {
      await tx.exec(script);
    },
  };
}

async function run<Row extends object>(
  on: Pick<PGlite, "query">,
  sql: string,
  parameters: readonly Parameter[] = [],
): Promise<Row[]> {
  try {
    const result = await on.query<Row>(sql, parameters as Parameter[]);
    return result.rows;
  } catch (error) {
    throw explainFailure(error);
  }
}
