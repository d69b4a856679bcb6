import { CardLink } from "../card/CardLink.tsx";
import type { FeedItem } from "./feedItem.ts";
import { wordsFor } from "./sentenceWords.ts";

interface SentenceProps {
  readonly item: FeedItem;
  readonly personId: string;
  /** On a card's own timeline the card's name would say nothing new in every line. */
  readonly plain?: boolean | undefined;
}

/** Entities are links where they have a page. */
export function Sentence({ item, personId, plain = false }: SentenceProps) {
  return item.sentence.map((part, index) => {
    const words = wordsFor(part, index, item.actor, personId);
    if (part.entity === undefined) return <span key={index}>{words}</span>;
    const card = /^\/cards\/(\d+)$/.exec(part.url ?? "");
    if (card && !plain) {
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
