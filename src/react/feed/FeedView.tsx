import { useMemo, useRef, type ReactElement } from "react";
import { entityKey } from "../entityKey.ts";
import { useTidings } from "../provider/useTidings.ts";
import { formatCount } from "../time/formatCount.ts";
import { useFormattingLocale } from "../time/useFormattingLocale.ts";
import { EdgeLoader } from "./EdgeLoader.tsx";
import { FeedList } from "./FeedList.tsx";
import { Hidden } from "./Hidden.tsx";
import { NoLines } from "./NoLines.tsx";
import type { FeedClassNames, FeedSlots } from "./slots.ts";
import { useAnnouncement } from "./useAnnouncement.ts";
import type { Feed, FeedOptions } from "./useFeed.ts";
import { useHolding } from "./useHolding.ts";
import { useKeepPlace } from "./useKeepPlace.ts";
import { classOf, LookContext } from "./useLook.ts";

export interface FeedLookProps {
  /** The name of the feed for screen readers. Default "Activity". */
  label?: string | undefined;
  /** The id of a visible heading instead. */
  labelledBy?: string | undefined;
  classNames?: FeedClassNames | undefined;
  slots?: FeedSlots | undefined;
}

export interface FeedViewProps extends FeedLookProps {
  /** What `useFeed` gave. */
  feed: Feed;
  /** Whose timeline it is: its name is no link there. */
  entity?: FeedOptions["entity"];
}

/** One and the same: lines are drawn again when these are others. */
const NONE = {};

/** Draws a feed. What arrives waits behind a button, unless the reader is at the top and has no focus in the feed. */
export function FeedView({
  feed,
  entity,
  label,
  labelledBy,
  classNames = NONE,
  slots = NONE,
}: FeedViewProps): ReactElement {
  const { words } = useTidings();
  const { entries, held, status, failure, older, newer } = feed;
  const isBusy = status.startsWith("loading");
  const locale = useFormattingLocale(feed.locale);
  const root = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const goUp = useHolding(root, top, feed);
  useKeepPlace(root, newer !== null, entries[0]?.id);

  const newItems = (count: number) => words.newItems(count, formatCount(count, locale));
  const news = useAnnouncement(held.length + feed.arrived.size, newItems);
  const key = entity && entityKey(entity);
  const look = useMemo(() => ({ slots, classNames, locale, entity: key }), [slots, classNames, locale, key]);
  return (
    <LookContext.Provider value={look}>
      <div
        ref={root}
        className={classOf("feed", classNames.root)}
        lang={feed.locale}
        dir={feed.dir}
        data-status={status}
      >
        {feed.hasMarks && entries.some((entry) => entry.unread) && (
          <div className="tidings-bar">
            <button type="button" className={classOf("button", classNames.button)} onClick={feed.markAllRead}>
              {words.markAllRead}
            </button>
          </div>
        )}
        <div ref={top} className="tidings-top" />
        {held.length > 0 && (
          <div className="tidings-new">
            <button type="button" className={classOf("new-button", classNames.newButton)} onClick={goUp}>
              {newItems(held.length)}
            </button>
          </div>
        )}
        {newer !== null && (
          <EdgeLoader
            label={words.loadNewer}
            isBusy={isBusy}
            failure={status === "newer-failed" ? failure : null}
            cursor={newer}
            load={feed.loadNewer}
          />
        )}
        {entries.length === 0 || status === "failed" ? (
          <NoLines feed={feed} />
        ) : (
          <FeedList feed={feed} label={label} labelledBy={labelledBy} onNearEnd={feed.loadOlder} />
        )}
        {older !== null && status !== "failed" && (
          <EdgeLoader
            label={words.loadOlder}
            isBusy={isBusy}
            failure={status === "older-failed" ? failure : null}
            cursor={older}
            load={feed.loadOlder}
          />
        )}
        {older === null && entries.length > 0 && <p className="tidings-end">{words.end}</p>}
        <Hidden role="status">{news}</Hidden>
      </div>
    </LookContext.Provider>
  );
}
