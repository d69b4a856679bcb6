import type { Database, Queryable, Transaction } from "../db/database.ts";
import { asWritten } from "../db/schema.ts";
import type { ContextStore } from "../events/context.ts";
import { positionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { unreadableError } from "../log/problems.ts";
import { createReadAhead, readWanted, type Wanted } from "../log/readAhead.ts";
import { keptPositions, type PositionedRun, type PositionedStoredEvent } from "../log/readPositions.ts";
import { checkSubscription } from "../log/subscription.ts";
import type { Projection } from "./defineProjection.ts";
import { inProjection } from "./inProjection.ts";
import { createTables, tableFinder, tableNames } from "./projectionTables.ts";
import { pruned, restoreStart } from "./restoreStart.ts";
import { checkUntil, findEnd, type ReplayEnd, type ReplayUntil } from "./until.ts";

/** The tables of a projection as they were. */
export interface PastTables extends Queryable {
  /** Any name that reads them; the plain one works, too. */
  table(name: string): string;
}

export interface ProjectionAtDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly contexts: ContextStore;
}

/**
 * Builds a projection up to a moment in temporary tables, and gives them to `read`. They are gone when it has answered, or when
 * the process dies. Holds one connection and one snapshot as long as that takes.
 */
export async function projectionAt<Result>(
  { db, registry, contexts }: ProjectionAtDependencies,
  projection: Projection,
  given: ReplayUntil,
  read: (past: PastTables) => Promise<Result>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Result> {
  const until = checkUntil(given);
  const kept = await keptPositions(db);
  const end = await findEnd(db, until, null, kept.last);
  return db.transaction(async (tx) => {
    const names = tableNames(projection.tables.map(({ name }) => ({ name, physical: temporaryName(name) })));
    await createTables(tx, projection.tables, names, { temporary: true });
    const call = { contexts, tx, names, signal };
    const begin = await restoreStart(projection, call, kept);
    if (end.position < begin) throw pruned(projection, kept);
    for await (const stored of batches(projection, { db, registry, tx, begin, end })) {
      signal.throwIfAborted();
      const events = stored.map((event) => positionedEvent(event, registry));
      const unreadable = events.find(({ problem }) => problem !== null);
      if (unreadable) throw unreadableError(unreadable);
      await inProjection(projection, call, (context) => projection.run(events, context));
    }
    return read({ query: asWritten(tx).query, table: tableFinder(projection.name, names) });
  });
}

/** Temporary tables come before all others in the search path: the plain name finds them. */
function temporaryName(name: string): string {
  return `pg_temp.${name.slice(name.indexOf(".") + 1)}`;
}

async function* batches(
  { events, batch }: Projection,
  {
    db,
    registry,
    tx,
    begin,
    end,
  }: { db: Database; registry: Registry; tx: Transaction; begin: number; end: ReplayEnd },
): AsyncGenerator<readonly PositionedStoredEvent[], void, undefined> {
  const { types, lanes, wants } = checkSubscription(
    "projection",
    { types: events, run: () => undefined },
    registry,
  );
  const wanted: Wanted = { types: types!, lanes };
  // On the one connection of PGlite the transaction itself must read.
  const read: (after: number) => Promise<PositionedRun> = db.concurrent
    ? createReadAhead(db, wanted)
    : (after) => readWanted(tx, after, batch, wanted);
  let waiting: PositionedStoredEvent[] = [];
  for (let after = begin; after < end.position;) {
    const run = await read(after);
    for (const event of run.events) {
      if (event.position > end.position || (end.before !== null && event.id >= end.before)) continue;
      if (wants(event, 0)) waiting.push(event);
    }
    for (; waiting.length >= batch; waiting = waiting.slice(batch)) yield waiting.slice(0, batch);
    if (run.scannedTo === after) break;
    after = run.scannedTo;
  }
  if (waiting.length > 0) yield waiting;
}
