import type { FeedItem as ServerFeedItem } from "../../../../src/index.ts";

/** A line of the feed as it comes over HTTP: times are ISO texts. */
export type FeedItem = Omit<ServerFeedItem, "occurredAt"> & { readonly occurredAt: string };

/** As it comes over the live stream: with its place in the log. */
export type LiveItem = FeedItem & { readonly position: number };

export interface FeedPage {
  readonly items: readonly FeedItem[];
  /** Cursor of the next page, or null at the beginning of time. */
  readonly older: string | null;
  readonly position: number;
}
