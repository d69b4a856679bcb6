import type { ReactElement } from "react";
import { FeedView, type FeedLookProps } from "../feed/FeedView.tsx";
import { useFeed, type FeedOptions } from "../feed/useFeed.ts";

export interface EntityTimelineProps extends Omit<FeedOptions, "entity" | "grouped">, FeedLookProps {
  /** Whose timeline. */
  entity: { readonly type: string; readonly id: string };
}

/** What happened to one entity, in every lane, live. Its own name is no link there. */
export function EntityTimeline({
  label,
  labelledBy,
  classNames,
  slots,
  ...options
}: EntityTimelineProps): ReactElement {
  const feed = useFeed(options);
  return (
    <FeedView
      feed={feed}
      entity={options.entity}
      label={label}
      labelledBy={labelledBy}
      classNames={classNames}
      slots={slots}
    />
  );
}
