import { useCallback, useState } from "react";

export const NARROWEST = 340;
export const WIDEST = 900;
const USUAL = 460;
const KEY = "tidings-inspector-width";

/** How wide the reader likes it: kept in this browser, because it depends on the screen and not on what is shown. */
export function useInspectorWidth(): [width: number, resize: (width: number) => void] {
  const [width, setWidth] = useState(kept);
  const resize = useCallback((wanted: number) => {
    const fitting = Math.round(Math.min(WIDEST, innerWidth * 0.6, Math.max(NARROWEST, wanted)));
    setWidth(fitting);
    try {
      localStorage.setItem(KEY, String(fitting));
    } catch {
      // No storage is allowed: then it holds until the window is closed.
    }
  }, []);
  return [width, resize];
}

function kept(): number {
  try {
    const width = Number(localStorage.getItem(KEY));
    return width >= NARROWEST && width <= WIDEST ? width : USUAL;
  } catch {
    return USUAL;
  }
}
