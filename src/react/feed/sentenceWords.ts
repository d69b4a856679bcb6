import type { SentencePart } from "../wire.ts";
import type { FeedWords } from "../words.ts";

interface Person {
  readonly type: string;
  readonly id: string;
}

/**
 * The words of a sentence for the one who reads: "You" for their own deeds, "you" and "yourself" further on, or what the
 * language of the sentence has instead. One text for each part.
 */
export function wordsFor(
  parts: readonly SentencePart[],
  viewer: Person | undefined,
  words: Pick<FeedWords, "you" | "youInside" | "yourself">,
): readonly string[] {
  const actors = parts.filter((part) => part.isActor);
  const readerActs = actors.length === 1 && isSame(actors[0]!.entity, viewer);
  return parts.map((part, index) => {
    if (part.entity === undefined) return readerActs ? (part.forActor ?? part.text) : part.text;
    if (!isSame(part.entity, viewer)) return part.text;
    if (part.forReader !== undefined) return part.forReader;
    if (index === 0) return words.you;
    return readerActs && !part.isActor ? words.yourself : words.youInside;
  });
}

/** Whether both are the same. An entity that is none is not. */
export function isSame(one: Person | undefined, other: Person | undefined): boolean {
  return one !== undefined && one.type === other?.type && one.id === other.id;
}
