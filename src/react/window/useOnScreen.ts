import { useEffect, useRef, type RefObject } from "react";
import { scrollerOf } from "./scrollerOf.ts";

/**
 * Tells whenever an element comes near the screen or leaves it; again when `key` changes. `isAbove` is true when it has
 * been scrolled past.
 */
export function useOnScreen(
  element: RefObject<HTMLElement | null>,
  marginPx: number,
  tell: ((isNear: boolean, isAbove: boolean) => void) | null,
  key?: string,
): void {
  const latest = useRef(tell);
  latest.current = tell;
  const isWanted = tell !== null;
  useEffect(() => {
    if (!isWanted || element.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const { isIntersecting, boundingClientRect, rootBounds } = entries.at(-1)!;
        latest.current?.(isIntersecting, boundingClientRect.bottom <= (rootBounds?.top ?? 0));
      },
      // Margins count for the root only, so the box that scrolls has to be it.
      { root: scrollerOf(element.current), rootMargin: `${marginPx}px 0px` },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, marginPx, isWanted, key]);
}
