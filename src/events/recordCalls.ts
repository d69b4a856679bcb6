import { TidingsError } from "../errors.ts";
import type { ContextStore } from "./context.ts";
import { isDraft, type Draft } from "./draft.ts";
import {
  record,
  recordEach,
  type RecordDependencies,
  type RecordedEvents,
  type RecordResult,
} from "./record.ts";
import { sendTracked, type HeldTrack } from "./heldTracks.ts";
import type { Tracker } from "./track.ts";
import { refuseEffects } from "./withoutEffects.ts";

/** What the app calls to make history. Inside an action's `run` all of it is part of the action. */
export interface RecordCalls<Handle> {
  /** Writes all drafts in the caller's transaction, or in one of its own, and returns the events. All or none. */
  record<const Drafts extends readonly Draft[]>(...drafts: Drafts): Promise<RecordedEvents<Drafts>>;
  record<const Drafts extends readonly Draft[]>(
    tx: Handle,
    ...drafts: Drafts
  ): Promise<RecordedEvents<Drafts>>;
  /**
   * Writes the valid drafts and tells of each what became of it. Without `tx` in a transaction of its own. Not inside an action's
   * run: NOT_IN_ACTION.
   */
  recordEach(drafts: readonly Draft[], options?: { tx?: Handle | undefined }): Promise<RecordResult[]>;
  /** Buffers a draft to be written soon. Never throws, never waits; what it loses is counted in `trackStats()`. */
  track(draft: Draft): void;
}

export interface RecordCallsDependencies {
  readonly recording: RecordDependencies;
  readonly contexts: ContextStore;
  readonly tracker: Pick<Tracker, "track" | "drop">;
}

export function createRecordCalls<Handle>({
  recording,
  contexts,
  tracker: { track, drop },
}: RecordCallsDependencies): RecordCalls<Handle> {
  const { db } = recording;
  const contextFor = (attempt: string) => {
    const context = contexts.current();
    refuseEffects(context, attempt);
    return { context, act: context.act?.isOpen ? context.act : undefined };
  };

  const recordAny = async (...given: unknown[]): Promise<unknown> => {
    const [first] = given;
    const inCallersTransaction = !isDraft(first);
    const drafts = (inCallersTransaction ? given.slice(1) : given) as Draft[];
    // A call without any argument is a record of nothing; a handle that is missing is a mistake.
    const tx = given.length > 0 && inCallersTransaction ? db.adopt(first) : undefined;
    const { context, act } = contextFor("record");
    return act ? act.record(drafts, tx) : record(recording, context, drafts, tx);
  };

  return {
    record: recordAny as RecordCalls<Handle>["record"],
    recordEach: async (drafts, { tx } = {}) => {
      const { context, act } = contextFor("recordEach");
      if (act) throw new TidingsError("NOT_IN_ACTION", { detail: "recordEach" });
      return recordEach(recording, context, drafts, tx === undefined ? undefined : db.adopt(tx));
    },
    track: (draft) => {
      const { context, act } = contextFor("track");
      // What is no draft is counted where it is refused.
      if ((!act && !context.holdTrack) || !isDraft(draft)) return track(draft);
      // Held until the action, or the handler's transaction, has succeeded: what is undone was not there to be counted.
      const now = { ...draft, occurredAt: draft.occurredAt ?? new Date() };
      const held: HeldTrack = { send: () => contexts.run(context, () => track(now)), drop };
      if (act) act.track(held);
      else sendTracked(context, [held]);
    },
  };
}
