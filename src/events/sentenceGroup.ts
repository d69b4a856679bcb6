import type { EventShape, SentenceEvent } from "./defineEvent.ts";
import type { EntityRef } from "./entity.ts";
import type { SentenceActor } from "./sentence.ts";

/** Several events of one type that a feed shows as one line: what a `groupSentence` is made from. */
export interface SentenceGroup<Shape extends EventShape = EventShape> {
  /** How many events. 2 or more. */
  readonly count: number;
  /** Who did it: of the newest event, and everybody, each once, the last to act first. */
  readonly actor: SentenceActor;
  readonly actors: readonly SentenceActor[];
  /** What it happened to: in the newest event, and in all of them, each once. */
  readonly subject: EntityRef<Shape["subject"]>;
  readonly subjects: readonly EntityRef<Shape["subject"]>[];
  /** Of the newest event. Those that `group` names are the same in all. */
  readonly refs: Shape["refs"];
  /** Newest first. */
  readonly events: readonly SentenceEvent<Shape>[];
}
