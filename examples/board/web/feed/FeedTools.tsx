import { FeedFilters } from "tidings/react";
import { Segments } from "../../../../dashboard/src/shared/Segments.tsx";
import { goTo, usePlace } from "../shared/place.ts";

const views = [
  { id: "lines", name: "Lines" },
  { id: "groups", name: "Groups" },
  { id: "days", name: "Days" },
] as const;

export function FeedTools() {
  const { feedView, feedFilter } = usePlace();
  return (
    <div className="feed-tools">
      <Segments
        label="View"
        options={views}
        chosen={feedView}
        onChoose={(view) => goTo({ feedView: view })}
      />
      <FeedFilters value={feedFilter} onChange={(filter) => goTo({ feedFilter: filter })} />
    </div>
  );
}
