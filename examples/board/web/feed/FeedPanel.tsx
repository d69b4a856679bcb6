import { ListFilter, X } from "lucide-react";
import { ActivityFeed, DayTimeline, LiveBadge } from "tidings/react";
import { goTo, usePlace } from "../shared/place.ts";
import { feedSlots } from "./feedSlots.tsx";
import { FeedTools } from "./FeedTools.tsx";
import { MARKS } from "./marks.ts";

interface FeedPanelProps {
  /** Present on a phone, where the panel is a sheet. */
  readonly onClose?: (() => void) | undefined;
}

/** What happened on the board: all of it is made of the components that come with Tidings. */
export function FeedPanel({ onClose }: FeedPanelProps) {
  const { feedView, feedFilter, feedToolsOpen } = usePlace();
  return (
    <section className="feed-panel" aria-labelledby="feed-title">
      <header className="feed-head">
        <h2 id="feed-title">Activity</h2>
        <LiveBadge />
        <button
          type="button"
          className="icon-button"
          aria-label="View and filters"
          title="View and filters"
          aria-expanded={feedToolsOpen}
          onClick={() => goTo({ feedToolsOpen: !feedToolsOpen })}
        >
          <ListFilter size={18} strokeWidth={1.75} aria-hidden />
        </button>
        {onClose && (
          <button type="button" className="icon-button" aria-label="Close the activity" onClick={onClose}>
            <X size={18} strokeWidth={1.75} aria-hidden />
          </button>
        )}
      </header>
      {feedToolsOpen && <FeedTools />}
      <div className="feed-scroller" tabIndex={-1}>
        {feedView === "days" ? (
          <DayTimeline filter={feedFilter} slots={feedSlots} onShowAll={showDay} />
        ) : (
          <ActivityFeed
            key={feedView}
            labelledBy="feed-title"
            filter={feedFilter}
            grouped={feedView === "groups"}
            marks={MARKS}
            pageSize={25}
            slots={feedSlots}
          />
        )}
      </div>
    </section>
  );
}

/** All lines of one day, in the reader's own time zone. */
function showDay(date: string): void {
  const start = new Date(`${date}T00:00:00`);
  const end = new Date(start);
  end.setDate(start.getDate() + 1);
  goTo({ feedView: "lines", feedFilter: { since: start.toISOString(), until: end.toISOString() } });
}
