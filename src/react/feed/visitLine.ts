import type { Entry } from "./entry.ts";

/**
 * Index of the line above which "new since your last visit" stands: the first after the last that was not seen. -1 where
 * nothing is new, where all is, and while the border may lie on a page that is not loaded.
 */
export function visitLineAt(entries: readonly Entry[]): number {
  const last = entries.findLastIndex((entry) => entry.unseen);
  return last === -1 || last === entries.length - 1 ? -1 : last + 1;
}
