import { useRef, type RefObject } from "react";
import { scrollerOf } from "../window/scrollerOf.ts";
import { useBrowserLayoutEffect } from "../window/useBrowserLayoutEffect.ts";

/**
 * Newer lines that load above push nothing away: what the reader looks at stays where it is. Browsers do the same by
 * themselves, but not at the very top, and Safari not at all.
 */
export function useKeepPlace(
  root: RefObject<HTMLElement | null>,
  isGrowingUpwards: boolean,
  firstId: string | undefined,
): void {
  const before = useRef<{ id: string; top: number } | null>(null);
  const wasFirst = useRef(firstId);
  useBrowserLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    if (wasFirst.current !== firstId && before.current !== null) {
      const line = element.querySelector(`article[data-id="${before.current.id}"]`);
      // Not both: the browser's own way is off until the next frame.
      element.style.overflowAnchor = "none";
      if (line !== null) (scrollerOf(element) ?? window).scrollBy(0, topOf(line) - before.current.top);
      requestAnimationFrame(() => (element.style.overflowAnchor = ""));
    }
    wasFirst.current = firstId;
    if (!isGrowingUpwards) {
      before.current = null;
      return;
    }
    const remember = () => {
      const line = [...element.querySelectorAll("article")].find((each) => topOf(each) >= 0);
      before.current =
        line?.dataset["id"] === undefined ? null : { id: line.dataset["id"], top: topOf(line) };
    };
    remember();
    document.addEventListener("scroll", remember, true);
    return () => document.removeEventListener("scroll", remember, true);
  }, [root, isGrowingUpwards, firstId]);
}

function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}
