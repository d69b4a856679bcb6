import { ArrowUp, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Failure } from "../../../../dashboard/src/shared/Failure.tsx";
import type { MemberView } from "../../domain/readBoard.ts";
import { LivePill } from "../live/LivePill.tsx";
import type { LiveStatus } from "../live/liveStream.ts";
import { FeedList } from "./FeedList.tsx";
import { FeedSkeleton } from "./FeedSkeleton.tsx";
import type { Feed } from "./useFeed.ts";

interface FeedPanelProps {
  readonly feed: Feed;
  readonly live: LiveStatus;
  readonly members: readonly MemberView[];
  readonly personId: string;
  /** Present on a phone, where the panel is a sheet. */
  readonly onClose?: (() => void) | undefined;
}

export function FeedPanel({ feed, live, members, personId, onClose }: FeedPanelProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { hold, release } = feed;

  // Opened: whatever was held back may show. Closed (the sheet of a phone): hold what comes, and count it.
  useEffect(() => {
    hold(false);
    release();
    return () => hold(true);
  }, [hold, release]);

  const onScroll = () => {
    const atTop = scroller.current!.scrollTop < 24;
    hold(!atTop);
    if (atTop && feed.held.length > 0) release();
  };
  const goUp = () => {
    hold(false);
    release();
    scroller.current!.scrollTo({ top: 0, behavior: reducedMotion() ? "instant" : "smooth" });
  };

  return (
    <section className="feed-panel" aria-labelledby="feed-title">
      <header className="feed-head">
        <h2 id="feed-title">Activity</h2>
        <LivePill status={live} />
        {onClose && (
          <button type="button" className="icon-button" aria-label="Close the activity" onClick={onClose}>
            <X size={18} strokeWidth={1.75} aria-hidden />
          </button>
        )}
      </header>
      {feed.held.length > 0 && (
        <button type="button" className="new-button" onClick={goUp}>
          <ArrowUp size={14} strokeWidth={2} aria-hidden />
          {feed.held.length} new
        </button>
      )}
      <div ref={scroller} className="feed-scroller" onScroll={onScroll} tabIndex={-1}>
        <FeedContent feed={feed} members={members} personId={personId} />
      </div>
    </section>
  );
}

function FeedContent({ feed, members, personId }: Pick<FeedPanelProps, "feed" | "members" | "personId">) {
  if (feed.items.length > 0) return <FeedList feed={feed} members={members} personId={personId} />;
  if (feed.status === "loading") return <FeedSkeleton />;
  if (feed.status === "failed") {
    return <Failure what="The activity could not be loaded" failure={feed.failure!} onRetry={feed.retry} />;
  }
  return (
    <p className="feed-empty">
      Nothing has happened yet. Move a card, and the first line appears here before your hand is off the
      mouse.
    </p>
  );
}

function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
