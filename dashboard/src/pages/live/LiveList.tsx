import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { icon } from "../../shared/icon.ts";
import { useWidth } from "../../shared/useWidth.ts";
import { LiveRow } from "./LiveRow.tsx";
import type { LiveRow as Row } from "./liveRows.ts";
import { useStillness } from "./useStillness.ts";

interface LiveListProps {
  readonly rows: readonly Row[];
  readonly hasOlder: boolean;
  /** The event that the Inspector shows. */
  readonly open: string | null;
}

/** Where five columns have no room, a row has two lines. */
const NARROW = 880;
const ROW_HEIGHT = 36;
const TWO_LINES = 64;

/** As many rows are drawn as are seen, however long the log is. */
export function LiveList({ rows, hasOlder, open }: LiveListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const isNarrow = width > 0 && width < NARROW;
  const rowHeight = isNarrow ? TWO_LINES : ROW_HEIGHT;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]!.item.id,
    overscan: 12,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, rowHeight]);
  const { above, toTop } = useStillness(scroller, rows, rowHeight);
  return (
    <div
      className={`log ${isNarrow ? "log-narrow" : ""}`}
      role="table"
      aria-label="Events"
      aria-rowcount={rows.length + 1}
    >
      <div role="rowgroup">
        <div role="row" className="log-head" aria-rowindex={1}>
          <span role="columnheader">Time</span>
          <span role="columnheader">Lane</span>
          <span role="columnheader">Type</span>
          <span role="columnheader">What happened</span>
          <span role="columnheader" className="log-position">
            Position
          </span>
        </div>
      </div>
      <div ref={scroller} className="log-scroll" role="rowgroup">
        {above > 0 && (
          <div className="log-above" role="presentation">
            <button type="button" className="button button-primary" onClick={toTop}>
              <ArrowUp {...icon} />
              {above.toLocaleString()} new
            </button>
          </div>
        )}
        <div className="log-rows" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]!;
            return (
              <LiveRow
                key={row.item.id}
                row={row}
                place={index + 2}
                top={start}
                isOpen={row.item.id === open}
                replaces={open !== null}
              />
            );
          })}
        </div>
        {hasOlder && (
          <p role="presentation" className="log-end quiet">
            The newest {rows.length.toLocaleString()}. Older events are in Feed, and on the pages of Entities.
          </p>
        )}
      </div>
    </div>
  );
}
