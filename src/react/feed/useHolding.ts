import { useCallback, useEffect, useRef, useState, type MouseEvent, type RefObject } from "react";
import { useBrowserLayoutEffect } from "../window/useBrowserLayoutEffect.ts";
import { useOnScreen } from "../window/useOnScreen.ts";
import type { Feed } from "./useFeed.ts";

/** So many pixels further down still count as the top. */
const NEARLY_TOP = 24;

/**
 * Holds back what arrives while the reader is further down, or goes through the feed by keyboard; lets it in when they
 * are back. A click leaves the focus in a line too, but not visibly: that is no reason to wait. Gives what the button
 * "N new" does.
 */
export function useHolding(
  root: RefObject<HTMLElement | null>,
  top: RefObject<HTMLElement | null>,
  { hold, release, held, newer, entries }: Feed,
): (event: MouseEvent) => void {
  const isAbove = useRef(false);
  const [waits, setWaits] = useState(false);
  const decide = useCallback(() => {
    const active = document.activeElement;
    const byKeyboard = active !== null && active.matches(":focus-visible");
    setWaits(isAbove.current || (byKeyboard && root.current?.contains(active) === true));
  }, [root]);

  useOnScreen(top, NEARLY_TOP, (_, above) => {
    isAbove.current = above;
    decide();
  });
  useEffect(() => {
    const element = root.current!;
    // After the focus has arrived where it goes.
    const later = () => queueMicrotask(decide);
    element.addEventListener("focusin", later);
    element.addEventListener("focusout", later);
    return () => {
      element.removeEventListener("focusin", later);
      element.removeEventListener("focusout", later);
    };
  }, [root, decide]);

  useEffect(() => hold(waits), [hold, waits]);
  const hasHeld = held.length > 0 && newer === null;
  useEffect(() => {
    if (!waits && hasHeld) release();
  }, [waits, hasHeld, release]);

  // Gone up once more when the new lines are there: a browser keeps what it shows in place, and so pushes them out above.
  // After a click by keyboard the button is gone by then, and the focus belongs to what it brought.
  const click = useRef<MouseEvent>(null);
  const firstId = entries[0]?.id;
  useBrowserLayoutEffect(() => {
    if (click.current === null) return;
    top.current!.scrollIntoView({ block: "nearest" });
    if (click.current.detail === 0) root.current!.querySelector<HTMLElement>("article")?.focus();
    click.current = null;
  }, [root, top, firstId]);
  return (event) => {
    click.current = event;
    setWaits(false);
    release();
    top.current!.scrollIntoView({ block: "nearest" });
  };
}
