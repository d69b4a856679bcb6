"use client";

// Beneath everything
export { TidingsProvider } from "./provider/TidingsProvider.tsx";
export type { TidingsProviderProps } from "./provider/TidingsProvider.tsx";
export { RequestFailed } from "./client/requestFailed.ts";
export type { Answer } from "./client/useAnswer.ts";
export type { Fetch } from "./client/createClient.ts";
export type { Words } from "./words.ts";

// Feeds and timelines
export { ActivityFeed } from "./feed/ActivityFeed.tsx";
export type { ActivityFeedProps } from "./feed/ActivityFeed.tsx";
export { EntityTimeline } from "./timeline/EntityTimeline.tsx";
export type { EntityTimelineProps } from "./timeline/EntityTimeline.tsx";
export { FeedView } from "./feed/FeedView.tsx";
export type { FeedLookProps, FeedViewProps } from "./feed/FeedView.tsx";
export { useFeed } from "./feed/useFeed.ts";
export type { Feed, FeedOptions } from "./feed/useFeed.ts";
export type { FeedState, FeedStatus } from "./feed/feedState.ts";
export type { FeedClassNames, FeedSlots, ItemSlotProps, LinkSlotProps } from "./feed/slots.ts";
export { Sentence } from "./feed/Sentence.tsx";
export type { SentenceProps } from "./feed/Sentence.tsx";
export { RelativeTime } from "./time/RelativeTime.tsx";
export type { RelativeTimeProps } from "./time/RelativeTime.tsx";
export type { FeedFilter } from "./filter.ts";

// Filters
export { FeedFilters } from "./filters/FeedFilters.tsx";
export type { FeedFiltersProps } from "./filters/FeedFilters.tsx";
export { useFacets } from "./filters/useFacets.ts";
export { useSavedFilters } from "./filters/useSavedFilters.ts";
export type { SavedFilters } from "./filters/useSavedFilters.ts";

// Days
export { DayTimeline } from "./days/DayTimeline.tsx";
export type { DayTimelineProps } from "./days/DayTimeline.tsx";
export { useDays } from "./days/useDays.ts";
export type { Days, DaysOptions } from "./days/useDays.ts";

// What is unread
export { useUnread } from "./marks/useUnread.ts";
export type { UnreadCount } from "./marks/useUnread.ts";

// Groups
export { useGroup } from "./groups/useGroup.ts";

// Live
export { LiveBadge } from "./live/LiveBadge.tsx";
export type { LiveBadgeProps } from "./live/LiveBadge.tsx";
export { useLive } from "./live/useLive.ts";
export type { Live, LiveOptions } from "./live/useLive.ts";
export type { LiveStatus } from "./live/liveStream.ts";

// What comes over HTTP
export type { AnyPage, Entry } from "./feed/entry.ts";
export type {
  ActionKind,
  Day,
  DayColumn,
  DaysPage,
  EntityRef,
  Facets,
  FeedEntity,
  FeedGroup,
  FeedItem,
  FeedPage,
  GroupMembersPage,
  GroupPage,
  Lane,
  LiveItem,
  Phase,
  ReadMark,
  SavedFilter,
  SentencePart,
  Severity,
  Unread,
} from "./wire.ts";
