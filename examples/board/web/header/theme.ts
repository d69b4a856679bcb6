import { useState } from "react";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const KEY = "theme";

/** Called before the first paint, so that the page does not flash in the other light. */
export function applySavedTheme(): void {
  apply(savedTheme());
}

/** The choice is kept in this browser; "system" follows the device. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(savedTheme);
  const choose = (next: Theme) => {
    localStorage.setItem(KEY, next);
    apply(next);
    setTheme(next);
  };
  return [theme, choose];
}

function savedTheme(): Theme {
  const saved = localStorage.getItem(KEY);
  return themes.find((theme) => theme === saved) ?? "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
