import { useSyncExternalStore } from "react";

/** Changes when the page turns light or dark, by the device or by the reader: a canvas has to be drawn anew then. */
export function useLight(): string {
  return useSyncExternalStore(subscribe, light);
}

const dark = matchMedia("(prefers-color-scheme: dark)");

function light(): string {
  return `${document.documentElement.dataset["theme"] ?? ""} ${dark.matches}`;
}

function subscribe(notify: () => void): () => void {
  const observer = new MutationObserver(notify);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  dark.addEventListener("change", notify);
  return () => {
    observer.disconnect();
    dark.removeEventListener("change", notify);
  };
}
