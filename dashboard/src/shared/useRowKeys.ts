import { useEffect } from "react";

/**
 * j and k go through what is marked `data-row`, `/` to what is marked `data-filter`, `?` lists the keys. Enter is the link's own.
 * Nothing of it while somebody types, or while a dialog is open.
 */
export function useRowKeys(onHelp: () => void, onEscape: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      if (document.querySelector("dialog[open], :popover-open")) return;
      const done = act(event.key, onHelp, onEscape);
      if (done) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [onHelp, onEscape]);
}

function act(key: string, onHelp: () => void, onEscape: () => void): boolean {
  switch (key) {
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "/": {
      const filter = document.querySelector<HTMLElement>("[data-filter]");
      filter?.focus();
      return filter !== null;
    }
    case "?":
      onHelp();
      return true;
    case "Escape":
      onEscape();
      return true;
    default:
      return false;
  }
}

/** What a page marks, and the lines of a feed. */
const ROWS = "[data-row], article[aria-posinset]";

function step(by: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => row.checkVisibility());
  const now = rows.findIndex((row) => row === document.activeElement);
  const next = rows[now === -1 ? (by > 0 ? 0 : rows.length - 1) : now + by];
  next?.focus();
  return rows.length > 0;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches(TYPED_INTO);
}

const TYPED_INTO = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
