import { useEffect, useMemo } from "react";
import { useAnswer } from "../client/useAnswer.ts";
import { filterQuery, joined, queryOf, type FeedFilter } from "../filter.ts";
import { useLiveHint } from "../live/useLiveHint.ts";
import { pathSegment } from "../pathSegment.ts";
import { useTidings } from "../provider/useTidings.ts";
import { formatCount } from "../time/formatCount.ts";
import type { Unread } from "../wire.ts";

export interface UnreadCount extends Unread {
  /** "3", "99+", or nothing where there is nothing unseen: what a badge shows. */
  readonly label: string;
}

/** Events that come in a burst are counted together. */
const COUNT_AFTER_MS = 1_000;
const NOTHING: Unread = { begun: true, unread: 0, unseen: 0, capped: false };

/**
 * How much of a feed is unread, kept up to date. `feed` is the name under which its marks are kept. Whoever sees the count for
 * the first time begins there: what was before is not unread to them.
 */
export function useUnread(feed: string, filter?: FeedFilter): UnreadCount {
  const { client, locale } = useTidings();
  const text = JSON.stringify(filter ?? {});
  const same = useMemo(() => JSON.parse(text) as FeedFilter, [text]);
  const query = joined(queryOf({ feed }), filterQuery(same));
  const { value, reload } = useAnswer<Unread>("/feed/unread", query);
  useLiveHint(same, COUNT_AFTER_MS, reload);
  useEffect(() => client.onMarks(reload), [client, reload]);
  useEffect(() => {
    const whenBack = () => document.visibilityState === "visible" && reload();
    document.addEventListener("visibilitychange", whenBack);
    return () => document.removeEventListener("visibilitychange", whenBack);
  }, [reload]);
  useEffect(() => {
    if (value?.begun !== false) return;
    const path = `/feed/marks/${pathSegment(feed)}`;
    // One that is not taken is tried again with the next answer that says so: after news, or when the reader is back.
    client.send("PUT", path, { begin: true }).then(
      () => client.marksMoved(),
      () => undefined,
    );
  }, [client, feed, value]);
  const { begun, unread, unseen, capped } = value ?? NOTHING;
  const label = unseen === 0 ? "" : unseen > 99 ? `${formatCount(99, locale)}+` : formatCount(unseen, locale);
  return { begun, unread, unseen, capped, label };
}
