import type { EntityRef, SentencePart } from "../wire.ts";
import type { FeedWords } from "../words.ts";

/**
 * The words of a part for the one who reads: "You" for their own deeds, "you" and "yourself" further on. A server that
 * knows the reader has said so already, in the language of the sentence: only names are replaced.
 */
export function wordsOf(
  part: SentencePart,
  index: number,
  actor: EntityRef,
  viewer: { readonly type: string; readonly id: string } | undefined,
  words: Pick<FeedWords, "you" | "youInside" | "yourself">,
): string {
  const { entity, text } = part;
  if (entity === undefined || viewer === undefined || !isSame(entity, viewer)) return text;
  if (entity.label !== null && text !== entity.label) return text;
  if (index === 0) return words.you;
  return isSame(actor, viewer) && part.isActor !== true ? words.yourself : words.youInside;
}

function isSame(
  a: { readonly type: string; readonly id: string },
  b: { readonly type: string; readonly id: string },
) {
  return a.type === b.type && a.id === b.id;
}
