import type { Database, Queryable, Transaction } from "../db/database.ts";

/**
 * One moment of a database that others go on writing to: what its tables held, and which events had been recorded. A replay of
 * exactly these events must give exactly these tables.
 */
export interface SourceSnapshot {
  /** Reads the app's tables as they were at that moment. */
  readonly tables: Transaction;
  /** Reads the log. Here every event of the moment has its position; in `tables` the newest lack theirs. */
  readonly log: Queryable;
  /** As text (`pg_snapshot`): which transactions had committed. A scan takes the events that it sees. */
  readonly seen: string;
  /** No event of the moment has a later position; others may have earlier ones. */
  readonly lastPosition: number;
}

/**
 * Calls `work` with a moment of `source`, held for as long as it takes, on a second connection. That keeps the server from
 * cleaning up, and on PGlite, where one connection serves all, everybody else waits: replay the bulk of the log before, and
 * only the rest in here.
 */
export async function holdSnapshot<Result>(
  source: Database,
  work: (snapshot: SourceSnapshot) => Promise<Result>,
): Promise<Result> {
  if (!source.concurrent) {
    return source.transaction(async (tx) => {
      const lastPosition = await numberAll(tx);
      return work({ tables: tx, log: tx, seen: await snapshotOf(tx), lastPosition });
    });
  }
  // Before, so that a log which was moved to another server is repaired and its transactions can be asked about.
  await source.transaction(numberAll);
  return source.transaction(async (tables) => {
    await tables.execute("set transaction isolation level repeatable read, read only");
    const seen = await snapshotOf(tables); // the first query of a repeatable read sets its moment
    const lastPosition = await source.transaction(numberAll);
    return work({ tables, log: source, seen, lastPosition });
  });
}

async function snapshotOf(tx: Transaction): Promise<string> {
  const [row] = await tx.query<{ snapshot: string }>("select pg_current_snapshot()::text as snapshot");
  return row!.snapshot;
}

/** Gives every event that is visible now its position, also those that no tick finds, and returns the last one. */
export async function numberAll(tx: Transaction): Promise<number> {
  // Waits for whoever ticks, perhaps with an older view of the log. While we hold it, nobody is busy for the sweep.
  await tx.query("select pg_advisory_xact_lock(hashtextextended('tidings.sequencer', 0))");
  const [swept] = await tx.query<Numbered>("select outcome, last_position from tidings.sweep()");
  if (swept!.outcome !== "moved") return Number(swept!.last_position);
  const [repaired] = await tx.query<Numbered>("select outcome, last_position from tidings.repair()");
  return Number(repaired!.last_position);
}

interface Numbered {
  outcome: string;
  last_position: string;
}
