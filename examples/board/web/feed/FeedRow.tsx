import { RelativeTime } from "../../../../dashboard/src/time/RelativeTime.tsx";
import type { MemberView } from "../../domain/readBoard.ts";
import { CardLink } from "../card/CardLink.tsx";
import { Avatar } from "../shared/Avatar.tsx";
import { EventIcon } from "./EventIcon.tsx";
import type { FeedItem } from "./feedItem.ts";
import { Sentence } from "./Sentence.tsx";

interface FeedRowProps {
  readonly item: FeedItem;
  readonly member: MemberView | undefined;
  readonly personId: string;
  /** From 1, the newest. */
  readonly place: number;
  /** How many there are, or -1 while older ones are not loaded. */
  readonly total: number;
  /** It came while the page was open: it fades in. */
  readonly arrived: boolean;
}

export function FeedRow({ item, member, personId, place, total, arrived }: FeedRowProps) {
  const isOwn = item.actor.id === personId;
  return (
    <article
      className={`row${arrived ? " row-arrived" : ""}${arrived && !isOwn ? " row-unread" : ""}`}
      tabIndex={0}
      aria-posinset={place}
      aria-setsize={total}
      aria-labelledby={`said-${item.id}`}
      aria-describedby={`when-${item.id}`}
      data-event={item.id}
      data-type={item.type}
    >
      <EventIcon name={item.icon} />
      <Avatar member={member ?? { name: item.actor.label ?? item.actor.id, hue: 260 }} />
      <p className="said" id={`said-${item.id}`}>
        <Sentence item={item} personId={personId} />
      </p>
      <p className="row-foot">
        <RelativeTime at={item.occurredAt} id={`when-${item.id}`} />
        <ViewLink item={item} />
      </p>
    </article>
  );
}

/** Only where the sentence does not lead there already: the same link twice in a line is noise. */
function ViewLink({ item }: { readonly item: FeedItem }) {
  const card = /^\/cards\/(\d+)$/.exec(item.url ?? "");
  if (!item.actionable || !card || item.sentence.some((part) => part.url === item.url)) return null;
  return <CardLink cardId={Number(card[1])}>View →</CardLink>;
}
