import type { Database, Transaction } from "../db/database.ts";
import type { ContextStore, InnerContext } from "./context.ts";

/** A handler's transaction. What is tracked in it is sent when it has committed: what was undone is not there to be counted. */
export async function holdingTracks<Result>(
  db: Database,
  contexts: ContextStore,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const held: (() => void)[] = [];
  let isOpen = true;
  // What a timer of `work` tracks later is no part of it.
  const holdTrack = (send: () => void) => (isOpen ? void held.push(send) : send());
  try {
    const result = await contexts.run({ holdTrack }, () => db.transaction(work));
    isOpen = false;
    for (const send of held) send();
    return result;
  } finally {
    isOpen = false;
  }
}

/** Sends what was tracked in the transaction that `context` belongs to: now, or when that has committed. */
export function sendTracked({ holdTrack }: InnerContext, tracked: readonly (() => void)[]): void {
  for (const send of tracked) {
    if (holdTrack) holdTrack(send);
    else send();
  }
}
