import { CardLink } from "../card/CardLink.tsx";
import type { FeedItem } from "./feedItem.ts";
import { wordsFor } from "./sentenceWords.ts";

interface SentenceProps {
  readonly item: FeedItem;
  readonly personId: string;
  /** On a card's own timeline its name is no link and steps back: it says nothing new there. */
  readonly ofCard?: number | undefined;
}

/** Entities are links where they have a page. */
export function Sentence({ item, personId, ofCard }: SentenceProps) {
  return item.sentence.map((part, index) => {
    const words = wordsFor(part, index, item.actor, personId);
    if (part.entity === undefined) return <span key={index}>{words}</span>;
    const card = /^\/cards\/(\d+)$/.exec(part.url ?? "");
    if (card && Number(card[1]) === ofCard) return <span key={index}>{words}</span>;
    if (card) {
      return (
        <CardLink key={index} cardId={Number(card[1])} className="entity entity-link">
          {words}
        </CardLink>
      );
    }
    return (
      <b key={index} className={part.isActor ? "entity actor" : "entity"}>
        {words}
      </b>
    );
  });
}
