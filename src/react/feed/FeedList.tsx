import { useCallback, useId, useMemo, useRef, useState, type FocusEvent, type ReactElement } from "react";
import { DayHeading } from "../time/DayHeading.tsx";
import { useZone } from "../time/useZone.ts";
import { useTidings } from "../provider/useTidings.ts";
import { mountedRows, rowTops } from "../window/rowTops.ts";
import { HEADING, useRowHeights } from "../window/useRowHeights.ts";
import { useVisibleRows } from "../window/useVisibleRows.ts";
import { daysOf } from "./daysOf.ts";
import { onFeedKey } from "./feedKeys.ts";
import { FeedRow } from "./FeedRow.tsx";
import { useFocusedRow } from "./useFocusedRow.ts";
import type { Feed } from "./useFeed.ts";
import { classOf, useLook } from "./useLook.ts";
import { visitLineAt } from "./visitLine.ts";

export interface FeedListProps {
  readonly feed: Feed;
  readonly label: string | undefined;
  readonly labelledBy: string | undefined;
  /** The focus has come near an end: more is to be loaded before the reader gets there. */
  readonly onNearEnd: () => void;
}

/** The lines under their days. Of a long feed only those around the screen are in the page, and the focused one. */
export function FeedList({ feed, label, labelledBy, onNearEnd }: FeedListProps): ReactElement {
  const { entries, arrived, older, markRead } = feed;
  const { words } = useTidings();
  const { classNames, locale } = useLook();
  const list = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const timeZone = useZone();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (id: string) => setOpen((before) => (before.has(id) ? without(before, id) : new Set(before).add(id))),
    [],
  );

  const days = useMemo(() => daysOf(entries, timeZone), [entries, timeZone]);
  const ids = useMemo(() => entries.map(({ id }) => id), [entries]);
  const heights = useRowHeights();
  const { measured, average, heading, refOf } = heights;
  const tops = useMemo(
    () => rowTops(ids, { measured, average }, (index) => (days[index] === days[index - 1] ? 0 : heading)),
    // `measured` is one map that fills; the average moves with it.
    [ids, measured, average, days, heading],
  );
  const visible = useVisibleRows(list, ids, tops);
  const focus = useFocusedRow(list, ids);
  const rows = mountedRows(entries.length, visible, focus.index);
  const visitLine = visitLineAt(entries);
  const total = older === null && feed.newer === null ? entries.length : -1;

  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const place = focus.onFocus(event);
    if (place >= entries.length - 3) onNearEnd();
  };

  return (
    <div
      ref={list}
      role="feed"
      className={classOf("list", classNames.list)}
      aria-label={labelledBy === undefined ? (label ?? words.activity) : undefined}
      aria-labelledby={labelledBy}
      aria-busy={feed.status.startsWith("loading")}
      onKeyDown={onFeedKey}
      onFocus={onFocus}
      onBlur={focus.onBlur}
    >
      {rows.flatMap((index, nth) => {
        const entry = entries[index]!;
        const before = nth === 0 ? -1 : rows[nth - 1]!;
        const beginsDay = days[index] !== days[index - 1];
        const isAfterGap = index > before + 1;
        const gap = tops[index]! - tops[before + 1]! - (beginsDay ? 0 : heading);
        return [
          isAfterGap && <div key={`gap-${before}`} style={{ height: Math.max(gap, 0) }} />,
          (beginsDay || isAfterGap) && (
            <div
              key={`day-${index}`}
              ref={nth === 0 ? refOf(HEADING) : undefined}
              className={classOf("day", classNames.day)}
              aria-hidden
            >
              <DayHeading day={days[index]!} locale={locale} />
            </div>
          ),
          index === visitLine && (
            <div key="visit" className="tidings-visit" aria-hidden>
              <span>{words.sinceLastVisit}</span>
            </div>
          ),
          <FeedRow
            key={entry.id}
            entry={entry}
            prefix={prefix}
            place={index + 1}
            total={total}
            arrived={arrived.has(entry.id)}
            open={open.has(entry.id)}
            filterQuery={feed.filterQuery}
            onToggle={toggle}
            onRead={markRead}
            measure={refOf(entry.id)}
          />,
        ];
      })}
      <div style={{ height: tops[entries.length]! - tops[(rows.at(-1) ?? -1) + 1]! }} />
    </div>
  );
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const rest = new Set(ids);
  rest.delete(id);
  return rest;
}
