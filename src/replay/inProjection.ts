import type { Transaction } from "../db/database.ts";
import { asWritten } from "../db/schema.ts";
import type { ContextStore } from "../events/context.ts";
import type { Projection, ProjectionContext } from "./defineProjection.ts";
import { tableFinder } from "./projectionTables.ts";

export interface ProjectionCall {
  readonly contexts: ContextStore;
  /** What the handler's writes belong to. */
  readonly tx: Transaction;
  /** How SQL must name each table. */
  readonly names: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
}

/** Calls a handler of a projection with what it is given, where nothing has an effect. */
export function inProjection<Result>(
  { name }: Pick<Projection, "name">,
  { contexts, tx, names, signal }: ProjectionCall,
  work: (context: ProjectionContext) => Result,
): Result {
  const context: ProjectionContext = {
    query: (sql, parameters) => asWritten(tx).query(sql, parameters),
    table: tableFinder(name, names),
    tx: tx.handle,
    signal,
  };
  return contexts.run({ withoutEffects: `projection "${name}"` }, () => work(context));
}
