import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import { rowsBetween } from "./rowTops.ts";
import { useBrowserLayoutEffect } from "./useBrowserLayoutEffect.ts";

/** Below this many all rows are there: the page can be searched, and nothing is cheaper. */
const WINDOW_FROM = 200;
/** Rows kept above and below the screen, in pixels: what a fast wheel passes between two frames. */
const OVERSCAN = 900;
const FIRST_ROWS = 60;

interface Range {
  readonly from: number;
  readonly to: number;
  /** The row at `from` when it was looked at: rows that come above it move the range, not what is mounted. */
  readonly first: string | undefined;
}

/** Which rows to mount, by where the list stands on the screen: whatever scrolls, the page or a box around it. */
export function useVisibleRows(
  list: RefObject<HTMLElement | null>,
  ids: readonly string[],
  tops: Float64Array,
): readonly [from: number, to: number] {
  const isWindowed = ids.length > WINDOW_FROM;
  const [range, setRange] = useState<Range>({ from: 0, to: FIRST_ROWS, first: undefined });
  const latest = useRef({ ids, tops });
  latest.current = { ids, tops };

  const look = useCallback(() => {
    const top = list.current?.getBoundingClientRect().top;
    if (top === undefined) return;
    const [from, to] = rowsBetween(latest.current.tops, -top - OVERSCAN, innerHeight - top + OVERSCAN);
    const first = latest.current.ids[from];
    setRange((range) => (range.first === first && range.to === to ? range : { from, to, first }));
  }, [list]);

  useBrowserLayoutEffect(() => {
    if (isWindowed) look();
  }, [isWindowed, look, tops]);

  useEffect(() => {
    if (!isWindowed) return;
    let frame = 0;
    const lookOnce = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        look();
      });
    };
    // Captured: scrolling does not bubble, and it may be any box around us that scrolls.
    document.addEventListener("scroll", lookOnce, true);
    addEventListener("resize", lookOnce);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("scroll", lookOnce, true);
      removeEventListener("resize", lookOnce);
    };
  }, [isWindowed, look]);

  if (!isWindowed) return [0, ids.length];
  const { from, to, first } = range;
  const moved = first === undefined || ids[from] === first ? 0 : Math.max(ids.indexOf(first) - from, -from);
  return [from + moved, to + moved];
}
