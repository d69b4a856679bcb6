import { useState } from "react";
import {
  ActivityFeed,
  DayTimeline,
  EntityTimeline,
  FeedFilters,
  LiveBadge,
  TidingsProvider,
  useUnread,
  type FeedFilter,
} from "../../../src/react/index.ts";
import type { Given, Place } from "./place.ts";

export function App({ place, given }: { readonly place: Place; readonly given: Given }) {
  return (
    <TidingsProvider
      baseUrl="/tidings"
      locale={place.locale}
      timeZone={place.timeZone}
      viewer={place.viewer === undefined ? undefined : { type: "user", id: place.viewer }}
    >
      <header>
        <h1 id="title">{place.show === "timeline" ? "Timeline" : "Activity"}</h1>
        {place.marks !== undefined && <Unread feed={place.marks} />}
        <LiveBadge />
      </header>
      <main
        className={place.box ? "box" : place.show === "days" ? "wide" : undefined}
        tabIndex={place.box ? 0 : undefined}
      >
        <Shown place={place} given={given} />
      </main>
      <footer>
        <a href="#after">After the feed</a>
      </footer>
    </TidingsProvider>
  );
}

function Shown({ place, given }: { readonly place: Place; readonly given: Given }) {
  const { grouped, marks, pageSize, startAt, types } = place;
  const filter = types && { types };
  switch (place.show) {
    case "timeline":
      return (
        <EntityTimeline
          entity={{ type: "card", id: "1" }}
          labelledBy="title"
          pageSize={pageSize}
          initialPage={given.initialPage}
        />
      );
    case "days":
      return <DayTimeline headingLevel={2} />;
    case "filters":
      return <Filtered />;
    default:
      return (
        <ActivityFeed
          labelledBy="title"
          filter={filter}
          grouped={grouped}
          marks={marks}
          pageSize={pageSize}
          startAt={startAt}
          initialPage={given.initialPage}
        />
      );
  }
}

function Filtered() {
  const [filter, setFilter] = useState<FeedFilter>({});
  return (
    <>
      <FeedFilters value={filter} onChange={setFilter} />
      <ActivityFeed labelledBy="title" filter={filter} />
    </>
  );
}

function Unread({ feed }: { readonly feed: string }) {
  const { unread, label } = useUnread(feed);
  return (
    <span id="unread">
      {label || "0"} unseen, {unread} unread
    </span>
  );
}
