import type { FeedItem } from "./feedItem.ts";

type Part = FeedItem["sentence"][number];

/** The words of a part for the person who reads: "You" for their own deeds, "you" and "yourself" further on. */
export function wordsFor(part: Part, index: number, actor: FeedItem["actor"], personId: string): string {
  const isReader = part.entity?.type === "user" && part.entity.id === personId;
  if (!isReader) return part.text;
  if (index === 0) return "You";
  const readerActed = actor.type === "user" && actor.id === personId;
  return readerActed && part.isActor !== true ? "yourself" : "you";
}
