import type { Transaction } from "../db/database.ts";
import type { Draft } from "./draft.ts";
import type { HeldTrack } from "./heldTracks.ts";
import type { RecordedEvent } from "./recordedEvent.ts";

/**
 * What `record`, `perform` and `track` do inside an action's `run`: the first time they take note of what they did, in a replay
 * they give it back. Found through the context, so that code which knows nothing of actions takes part in them.
 */
export interface Act {
  /** False once `run` has ended: what a timer does later is no part of it. */
  readonly isOpen: boolean;
  record(drafts: readonly Draft[], tx: Transaction | undefined): Promise<RecordedEvent[]>;
  /** What a request is and gives: src/replay/runContext.ts. */
  perform(request: object, tx: Transaction | undefined): Promise<object>;
  /** Sent when the action has succeeded, the first time alone. */
  track(track: HeldTrack): void;
}
