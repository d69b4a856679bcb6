import type { Direction } from "../events/readingDirection.ts";

/** In which language a page is written. */
export interface Localized {
  /** As in `lang="de"`. */
  readonly locale: string;
  /** As in `dir="rtl"`. */
  readonly dir: Direction;
}

export interface Reading {
  /**
   * The reader's language, or several, the best first: `de-AT`, or what a browser's Accept-Language says. Default, and where
   * none is among the app's languages: the one in which the definitions are written.
   */
  locale?: string | readonly string[] | undefined;
}
