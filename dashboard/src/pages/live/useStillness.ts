import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { LiveRow } from "./liveRows.ts";

/**
 * Content never jumps by itself: whoever has scrolled down, or stands on a row by keyboard, keeps what they look at, while
 * new rows gather above and are counted.
 */
export function useStillness(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly LiveRow[],
  rowHeight: number,
): { readonly above: number; readonly toTop: () => void } {
  const [above, setAbove] = useState(0);
  const first = useRef<string | undefined>(undefined);

  useLayoutEffect(() => {
    const element = scroller.current!;
    const before = first.current;
    first.current = rows[0]?.item.id;
    if (before === undefined || before === first.current) return;
    const added = rows.findIndex(({ item }) => item.id === before);
    const holds = element.scrollTop > 0 || element.contains(document.activeElement);
    if (added <= 0 || !holds) return;
    element.scrollTop += added * rowHeight;
    setAbove((count) => count + added);
  }, [scroller, rows, rowHeight]);

  useEffect(() => {
    const element = scroller.current!;
    const onScroll = () => element.scrollTop <= 0 && setAbove(0);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, [scroller]);

  return {
    above,
    toTop: () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      scroller.current!.scrollTop = 0;
      setAbove(0);
    },
  };
}
