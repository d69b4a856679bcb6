import type { ReactElement } from "react";
import { FeedView, type FeedLookProps } from "./FeedView.tsx";
import { useFeed, type FeedOptions } from "./useFeed.ts";

export interface ActivityFeedProps extends Omit<FeedOptions, "entity">, FeedLookProps {}

/** What happened in the account, live. */
export function ActivityFeed({
  label,
  labelledBy,
  classNames,
  slots,
  ...options
}: ActivityFeedProps): ReactElement {
  const feed = useFeed(options);
  return <FeedView feed={feed} label={label} labelledBy={labelledBy} classNames={classNames} slots={slots} />;
}
