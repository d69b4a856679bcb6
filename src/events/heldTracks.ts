import type { Database, Transaction } from "../db/database.ts";
import type { ContextStore, InnerContext } from "./context.ts";

/** Something tracked that waits for its transaction to commit, or its action to succeed. */
export interface HeldTrack {
  /** Hands it to the buffer. */
  send(): void;
  /** Counts it as dropped. */
  drop(): void;
}

/** As the buffer holds by default: what tracks more in one transaction would fill the memory. */
const MOST_HELD = 10_000;

/** What comes on top of 10,000 is dropped. */
export function hold(held: HeldTrack[], track: HeldTrack): void {
  if (held.length < MOST_HELD) held.push(track);
  else track.drop();
}

/** A handler's transaction. What is tracked in it is sent when it has committed: what was undone is not there to be counted. */
export async function holdingTracks<Result>(
  db: Database,
  contexts: ContextStore,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  let held: HeldTrack[] = [];
  let isOpen = true;
  // What a timer of `work` tracks later is no part of it.
  const holdTrack = (track: HeldTrack) => (isOpen ? hold(held, track) : track.send());
  try {
    const result = await contexts.run({ holdTrack }, () => db.transaction(work));
    isOpen = false;
    for (const { send } of held) send();
    return result;
  } finally {
    isOpen = false;
    held = []; // a connection or timer that `work` made keeps this context for as long as it lives
  }
}

/** Sends what was tracked in the transaction that `context` belongs to: now, or when that has committed. */
export function sendTracked({ holdTrack }: InnerContext, tracked: readonly HeldTrack[]): void {
  for (const track of tracked) {
    if (holdTrack) holdTrack(track);
    else track.send();
  }
}
