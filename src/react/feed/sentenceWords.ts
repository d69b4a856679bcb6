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
  const readerActs = actors.length === 1 && isReader(actors[0]!, viewer);
  return parts.map((part, index) => {
    if (part.entity === undefined) return readerActs ? (part.forActor ?? part.text) : part.text;
    if (!isReader(part, viewer)) return part.text;
    if (part.forReader !== undefined) return part.forReader;
    if (index === 0) return words.you;
    return readerActs && !part.isActor ? words.yourself : words.youInside;
  });
}

function isReader({ entity }: SentencePart, viewer: Person | undefined): boolean {
  return entity !== undefined && entity.type === viewer?.type && entity.id === viewer.id;
}
