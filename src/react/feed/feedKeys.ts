import type { KeyboardEvent } from "react";

/**
 * The keys of a feed: https://www.w3.org/WAI/ARIA/apg/patterns/feed/. Page Down and Page Up go from line to line, also from
 * a control inside one; Ctrl+End and Ctrl+Home leave the feed. The same from right to left.
 */
export function onFeedKey(event: KeyboardEvent<HTMLElement>): void {
  const feed = event.currentTarget;
  const step = event.key === "PageDown" ? 1 : event.key === "PageUp" ? -1 : 0;
  if (step !== 0) {
    const line = (event.target as Element).closest("article[aria-posinset]");
    if (line === null) return;
    event.preventDefault();
    const place = Number(line.getAttribute("aria-posinset")) + step;
    feed.querySelector<HTMLElement>(`article[aria-posinset="${place}"]`)?.focus();
  } else if (event.ctrlKey && (event.key === "End" || event.key === "Home")) {
    const target = neighbour(feed, event.key === "End");
    if (target === undefined) return;
    event.preventDefault();
    target.focus();
  }
}

const FOCUSABLE =
  'a[href], :is(button, input, select, textarea):enabled, summary, [tabindex]:not([tabindex="-1"])';

/** The first control after the feed, or the last before it. */
function neighbour(feed: HTMLElement, isAfter: boolean): HTMLElement | undefined {
  const side = isAfter ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const controls = [...document.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (control) =>
      !feed.contains(control) &&
      !control.contains(feed) &&
      (feed.compareDocumentPosition(control) & side) !== 0 &&
      control.getClientRects().length > 0,
  );
  return isAfter ? controls[0] : controls.at(-1);
}
