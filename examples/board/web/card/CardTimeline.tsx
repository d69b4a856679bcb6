import { EntityTimeline } from "tidings/react";
import { feedSlots } from "../feed/feedSlots.tsx";

const classNames = { root: "timeline" };
/** A timeline shows all lanes; that of actions tells the same once more, for replays. */
const deeds = { lanes: ["domain"] } as const;

/** Everything that ever happened to the card, newest first. */
export function CardTimeline({ cardId }: { readonly cardId: number }) {
  return (
    <section aria-labelledby="timeline-title">
      <h3 id="timeline-title">Timeline</h3>
      <EntityTimeline
        entity={{ type: "card", id: String(cardId) }}
        labelledBy="timeline-title"
        filter={deeds}
        slots={feedSlots}
        classNames={classNames}
      />
    </section>
  );
}
