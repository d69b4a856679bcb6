import { useMemo } from "react";
import { ActivityFeed } from "../../../../src/react/feed/ActivityFeed.tsx";
import { DayTimeline } from "../../../../src/react/days/DayTimeline.tsx";
import { FeedFilters } from "../../../../src/react/filters/FeedFilters.tsx";
import { LiveBadge } from "../../../../src/react/live/LiveBadge.tsx";
import { useFrame } from "../../frame/frameContext.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { addressWith, goTo, usePlace } from "../../frame/place.ts";
import { FeedProvider } from "../../shared/FeedProvider.tsx";
import { InspectedFeed } from "../../shared/InspectedFeed.tsx";
import { Segments } from "../../shared/Segments.tsx";
import "./feed.css";
import { feedFilterOf, queryOfFilter } from "./feedFilter.ts";
import { fetchAs, seenAsOf, type SeenAs } from "./viewAs.ts";
import { ViewerPicker } from "./ViewerPicker.tsx";

const views = [
  { id: "groups", name: "Groups" },
  { id: "lines", name: "Lines" },
  { id: "days", name: "Days" },
] as const;

/** Exactly what a customer's feed shows, by the components that apps use, as anybody who has one. */
export function FeedPage() {
  const { query } = usePlace();
  const { actor, role } = useFrame().identity;
  const seesAll = role === "operator" || role === "service";
  const seenAs = useMemo(() => (seesAll ? seenAsOf(query) : null), [seesAll, query]);
  const fetch = useMemo(() => seenAs && fetchAs(seenAs), [seenAs]);
  const view = views.find(({ id }) => id === query.get("view"))?.id ?? "groups";
  const marks = query.get("marks") === "own" ? "dashboard" : undefined;
  const filter = useMemo(() => feedFilterOf(query), [query]);
  return (
    // Another viewer is another feed: nothing of the one before may stand while the next is loading.
    <FeedProvider
      key={JSON.stringify(seenAs)}
      viewer={seenAs ? viewerOf(seenAs) : seesAll ? undefined : actor}
      fetch={fetch ?? undefined}
    >
      <PageFrame
        title="Feed"
        filters={seesAll && <ViewerPicker seenAs={seenAs} />}
        actions={
          <>
            <LiveBadge />
            <Segments
              label="View"
              options={views}
              chosen={view}
              onChoose={(id) => goTo(addressWith({ view: id === "groups" ? null : id }))}
            />
          </>
        }
      >
        <div className="feed-tools">
          <FeedFilters
            value={filter}
            onChange={(next) => goTo(addressWith(queryOfFilter(next)), { replace: true })}
          />
          {view !== "days" && (
            <label className="feed-marks">
              <input
                type="checkbox"
                checked={marks !== undefined}
                onChange={(event) => goTo(addressWith({ marks: event.target.checked ? "own" : null }))}
              />
              Unread marks
            </label>
          )}
        </div>
        <InspectedFeed>
          {view === "days" ? (
            <DayTimeline filter={filter} onShowAll={showDay} headingLevel={2} />
          ) : (
            <ActivityFeed key={view} filter={filter} grouped={view === "groups"} marks={marks} />
          )}
        </InspectedFeed>
      </PageFrame>
    </FeedProvider>
  );
}

function viewerOf({ viewer }: SeenAs): { type: string; id: string } {
  const colon = viewer.indexOf(":");
  return { type: viewer.slice(0, colon), id: viewer.slice(colon + 1) };
}

/** All lines of one day, in the reader's own time zone. */
function showDay(date: string): void {
  const start = new Date(`${date}T00:00:00`);
  const end = new Date(start);
  end.setDate(start.getDate() + 1);
  goTo(addressWith({ view: "lines", since: start.toISOString(), until: end.toISOString() }));
}
