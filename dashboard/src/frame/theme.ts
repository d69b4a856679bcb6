import { useSyncExternalStore } from "react";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const KEY = "tidings-theme";
const listeners = new Set<() => void>();
let theme = savedTheme();

/** Called before the first paint, so that the page does not flash in the other light. */
export function applyTheme(): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

/** The choice is kept in this browser; "system" follows the device. */
export function chooseTheme(next: Theme): void {
  theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // No storage is allowed: then the choice holds until the window is closed.
  }
  applyTheme();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}

function savedTheme(): Theme {
  try {
    const saved = localStorage.getItem(KEY);
    return themes.find((each) => each === saved) ?? "system";
  } catch {
    return "system";
  }
}
