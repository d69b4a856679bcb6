import type { Transaction } from "../db/database.ts";
import { asWritten } from "../db/schema.ts";
import { readSequences } from "./clearedSequences.ts";
import type { CheckedReplay } from "./replayChecks.ts";
import type { Clear, ClearedReplay } from "./replayOptions.ts";
import type { ReplayRun } from "./replayRun.ts";
import { quoteTableName } from "./tableName.ts";

/** Empties the tables, and restores what the replay begins with, in one transaction with the note that this is done. */
export async function clearTables(
  { clear, snapshot, what, after, signal }: CheckedReplay,
  run: ReplayRun,
): Promise<void> {
  run.tell("clearing");
  signal?.throwIfAborted();
  await run.target.transaction(async (tx) => {
    await clearWith(clear, { tx, what, run });
    await snapshot?.(tx.handle, { ...what, position: after });
    await run.note(tx, { position: after, tally: run.tally() });
  });
  run.advance({ position: after, tally: run.tally() });
}

async function clearWith(
  clear: Clear | undefined,
  { tx, what, run }: { tx: Transaction; what: ClearedReplay; run: ReplayRun },
): Promise<void> {
  if (clear === undefined) return;
  if (typeof clear === "function") return void (await clear(tx.handle, what));
  const tables = clear.map(quoteTableName);
  await run.keepSequences(tx, await readSequences(tx, tables, run.sequences()));
  // All at once, so that foreign keys among them are no obstacle; with their sequences, so that serial keys come again.
  await asWritten(tx).execute(`truncate ${tables.join(", ")} restart identity`);
}
