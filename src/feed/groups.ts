import type { FeedDependencies, FeedQuery } from "./feed.ts";
import { readGroupedFeed, type GroupedFeedPage } from "./groupedFeed.ts";
import { readGroup, type GroupPage, type GroupQuery } from "./readGroup.ts";

export interface Groups {
  /** What happened in an account, newest first; what is alike within 15 minutes is one line. `limit` counts groups. */
  groupedFeed(query?: FeedQuery): Promise<GroupedFeedPage>;
  /** A group, by its id, with its events. Throws EVENT_NOT_FOUND. */
  group(id: string, query?: GroupQuery): Promise<GroupPage>;
}

export function createGroups(dependencies: FeedDependencies): Groups {
  return {
    groupedFeed: async (query = {}) => readGroupedFeed(dependencies, query),
    group: async (id, query = {}) => readGroup(dependencies, id, query),
  };
}
