import { useRef, useState, type FocusEvent, type RefObject } from "react";
import { useBrowserLayoutEffect } from "../window/useBrowserLayoutEffect.ts";

/** Which line has the focus, or holds what has it. When the line goes away, its neighbour gets the focus. */
export function useFocusedRow(list: RefObject<HTMLElement | null>, ids: readonly string[]) {
  const [focused, setFocused] = useState<string | null>(null);
  const place = useRef(-1);
  const index = focused === null ? -1 : ids.indexOf(focused);

  useBrowserLayoutEffect(() => {
    if (focused === null) return;
    if (index >= 0) {
      place.current = index;
      return;
    }
    setFocused(null);
    // Taken away together with its focus; where the reader has gone elsewhere meanwhile, they stay.
    if (document.activeElement !== document.body) return;
    const neighbour = Math.min(place.current, ids.length - 1) + 1;
    list.current?.querySelector<HTMLElement>(`article[aria-posinset="${neighbour}"]`)?.focus();
  }, [focused, index, ids, list]);

  return {
    index,
    onFocus(event: FocusEvent<HTMLElement>): number {
      const id = event.target.closest<HTMLElement>("article[data-id]")?.dataset["id"];
      if (id === undefined) return -1;
      setFocused(id);
      return ids.indexOf(id);
    },
    onBlur(event: FocusEvent<HTMLElement>): void {
      if (!event.currentTarget.contains(event.relatedTarget)) setFocused(null);
    },
  };
}
