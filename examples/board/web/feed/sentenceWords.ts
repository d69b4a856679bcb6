import type { FeedItem } from "./feedItem.ts";

type Part = FeedItem["sentence"][number];

/**
 * The words of a part for the person who reads: "You" for their own deeds, "you" and "yourself" further on, and in other
 * languages what the part itself says.
 */
export function wordsFor(part: Part, index: number, actor: FeedItem["actor"], personId: string): string {
  const readerActed = actor.type === "user" && actor.id === personId;
  if (part.entity === undefined) return readerActed ? (part.forActor ?? part.text) : part.text;
  const isReader = part.entity.type === "user" && part.entity.id === personId;
  if (!isReader) return part.text;
  if (part.forReader !== undefined) return part.forReader;
  if (index === 0) return "You";
  return readerActed && part.isActor !== true ? "yourself" : "you";
}
