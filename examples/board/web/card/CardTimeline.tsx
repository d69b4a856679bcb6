import { RelativeTime } from "../../../../dashboard/src/time/RelativeTime.tsx";
import { EventIcon } from "../feed/EventIcon.tsx";
import type { FeedItem } from "../feed/feedItem.ts";
import { Sentence } from "../feed/Sentence.tsx";

interface CardTimelineProps {
  readonly cardId: number;
  /** Null while they are on their way. */
  readonly items: readonly FeedItem[] | null;
  readonly personId: string;
}

/** Everything that ever happened to the card, newest first. */
export function CardTimeline({ cardId, items, personId }: CardTimelineProps) {
  return (
    <section aria-labelledby="timeline-title">
      <h3 id="timeline-title">Timeline</h3>
      <ol className="timeline" aria-busy={items === null}>
        {items?.map((item) => (
          <li key={item.id} data-type={item.type}>
            <EventIcon name={item.icon} />
            <p>
              <Sentence item={item} personId={personId} ofCard={cardId} />
              <RelativeTime at={item.occurredAt} withDay />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
