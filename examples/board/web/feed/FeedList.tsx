import { type KeyboardEvent, useEffect, useRef } from "react";
import { dayHeading } from "../../../../dashboard/src/time/relativeTime.ts";
import { useNow } from "../../../../dashboard/src/time/useNow.ts";
import type { MemberView } from "../../domain/readBoard.ts";
import type { FeedItem } from "./feedItem.ts";
import { FeedRow } from "./FeedRow.tsx";
import type { Feed } from "./useFeed.ts";

interface FeedListProps {
  readonly feed: Feed;
  readonly members: readonly MemberView[];
  readonly personId: string;
}

/** Rows under their days. Page Down and Page Up go from row to row, as the ARIA feed pattern asks. */
export function FeedList({ feed, members, personId }: FeedListProps) {
  const now = useNow();
  const total = feed.older === null ? feed.items.length : -1;
  const people = new Map(members.map((member) => [member.id, member]));
  let place = 0;
  return (
    <>
      <div
        role="feed"
        aria-label="Activity"
        aria-busy={feed.status === "loading-older"}
        onKeyDown={moveBetweenRows}
      >
        {byDay(feed.items, now).map(({ day, items }) => (
          <div key={day} role="presentation" className="day">
            <div role="presentation" className="day-heading" aria-hidden>
              {day}
            </div>
            {items.map((item) => (
              <FeedRow
                key={item.id}
                item={item}
                member={people.get(item.actor.id)}
                personId={personId}
                place={++place}
                total={total}
                arrived={feed.arrived.has(item.id)}
              />
            ))}
          </div>
        ))}
      </div>
      {feed.older !== null && <OlderLoader feed={feed} />}
      {feed.older === null && feed.items.length > 0 && (
        <p className="feed-end">This is where it all began.</p>
      )}
    </>
  );
}

function byDay(items: readonly FeedItem[], now: number): { day: string; items: FeedItem[] }[] {
  const days: { day: string; items: FeedItem[] }[] = [];
  for (const item of items) {
    const day = dayHeading(new Date(item.occurredAt), now);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}

function moveBetweenRows(event: KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === "PageDown" ? 1 : event.key === "PageUp" ? -1 : 0;
  const row = event.target instanceof Element ? event.target.closest("article") : null;
  if (step === 0 || row === null) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll("article")];
  rows[rows.indexOf(row) + step]?.focus();
}

/** Stands below the last row and loads the next page before the reader gets there. */
function OlderLoader({ feed }: { readonly feed: Feed }) {
  const mark = useRef<HTMLDivElement>(null);
  const load = useRef(feed.loadOlder);
  load.current = feed.loadOlder;
  const { older, status } = feed;
  useEffect(() => {
    if (status !== "ready") return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load.current(), {
      root: mark.current!.closest(".feed-scroller"),
      rootMargin: "400px",
    });
    observer.observe(mark.current!);
    return () => observer.disconnect();
  }, [older, status]);
  return (
    <div ref={mark} className="older">
      {status === "older-failed" ? (
        <button type="button" className="button" onClick={feed.retry}>
          Older ones did not load. Try again
        </button>
      ) : (
        <span>Loading older</span>
      )}
    </div>
  );
}
