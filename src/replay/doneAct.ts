import { entityKey } from "../events/entity.ts";
import type { HeldTrack } from "../events/heldTracks.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { SkippedItem } from "./actionRecord.ts";
import type { Performed, Repeated } from "./performOptions.ts";

/** What became of an act. */
export interface DoneAct {
  /** Null where its run skipped. */
  readonly event: RecordedEvent | null;
  /** What `run` gave, for each input. */
  readonly results: readonly unknown[];
  readonly version: number | null;
  readonly repeated: boolean;
  /** The subject of each event that it wrote, actions inside included, as `subjectKey` names it: their versions are one higher. */
  readonly raised: readonly string[];
  /** What it tracked: to be sent when all has succeeded. */
  readonly tracked: readonly HeldTrack[];
  /** Of a run that skipped: what it had captured, which a replay of its parent gives it again. */
  readonly skipped?: SkippedItem | undefined;
}

/** A subject, told apart from those of other accounts. */
export function subjectKey({ account, subject }: Pick<RecordedEvent, "account" | "subject">): string {
  return JSON.stringify([account, entityKey(subject)]);
}

/** An act of one call, as `perform` returns it. */
export function performOne({ event, results, version, repeated }: DoneAct): Performed | Repeated {
  return repeated
    ? ({ repeated, result: undefined, event, version: null } as Repeated)
    : ({ repeated, result: results[0], event, version } as Performed);
}
