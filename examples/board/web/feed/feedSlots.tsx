import type { FeedSlots } from "tidings/react";
import { CardLink } from "../card/CardLink.tsx";
import { Avatar } from "../shared/Avatar.tsx";
import { useMember } from "../shared/members.ts";

/** What the feeds of this app draw in their own way: people in their colours, and links that open cards within the page. */
export const feedSlots: FeedSlots = {
  avatar({ entity }) {
    return <Avatar member={useMember(entity.id) ?? { name: entity.label ?? entity.id, hue: 260 }} />;
  },
  link({ href, ...rest }) {
    const card = /^\/cards\/(\d+)$/.exec(href);
    return <CardLink cardId={card ? Number(card[1]) : null} {...rest} />;
  },
  empty({ isFiltered }) {
    return (
      <p className="feed-empty">
        {isFiltered
          ? "Nothing matches these filters."
          : "Nothing has happened yet. Move a card, and the first line appears here before your hand is off the mouse."}
      </p>
    );
  },
};
