import type { ClearedReplay } from "../../../src/index.ts";
import { tables, type Tx } from "./database.ts";

/**
 * Empties the board before a replay makes it again. By a function, because a list of tables would also set their sequences back:
 * the next card would take the number of another.
 */
export async function clearTables(tx: Tx, { subject, types }: ClearedReplay): Promise<void> {
  // Cards push each other aside, so none of them can be made again by itself.
  if (subject !== null || types !== null) throw new Error("The board can only be replayed as a whole.");
  await tx.exec(`truncate ${tables.join(", ")}`);
}
