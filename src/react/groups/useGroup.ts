import { useAnswer, type Answer } from "../client/useAnswer.ts";
import { joined, queryOf } from "../filter.ts";
import type { FeedGroup, GroupMembersPage } from "../wire.ts";

/** The events of a group, newest first, at most 200. `filterQuery` is that of the feed which shows it: `feed.filterQuery`. */
export function useGroup({ id, latest }: FeedGroup, filterQuery = ""): Answer<GroupMembersPage> {
  const query = joined(filterQuery, queryOf({ newest: latest.id, limit: 200 }));
  return useAnswer(`/feed/groups/${encodeURIComponent(id)}`, query);
}
