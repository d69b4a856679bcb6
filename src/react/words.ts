import type { DayWords } from "./days/dayWords.ts";
import type { FilterWords } from "./filters/filterWords.ts";

/** What all components say themselves. */
export type Words = FeedWords & FilterWords & DayWords;

/** What feeds and the live badge say. Sentences of events come from the server, in the language asked for. */
export interface FeedWords {
  readonly activity: string;
  /** `count` decides the form, `shown` is the number in the reader's digits. */
  readonly newItems: (count: number, shown: string) => string;
  readonly loadNewer: string;
  readonly loadOlder: string;
  readonly loading: string;
  readonly end: string;
  readonly empty: string;
  readonly noMatch: string;
  readonly failed: string;
  readonly retry: string;
  readonly view: string;
  readonly unread: string;
  readonly markAllRead: string;
  readonly sinceLastVisit: string;
  readonly showGroup: (count: number, shown: string) => string;
  readonly hideGroup: string;
  /** Of an opened group that holds more than the 200 that are shown. */
  readonly moreInGroup: (count: number, shown: string) => string;
  readonly you: string;
  readonly youInside: string;
  readonly yourself: string;
  readonly justNow: string;
  readonly live: string;
  readonly connecting: string;
  readonly reconnecting: (seconds: string) => string;
  readonly offline: string;
  readonly stopped: string;
  readonly caughtUp: (count: number, shown: string) => string;
}

export const english: FeedWords = {
  activity: "Activity",
  newItems: (_, shown) => `${shown} new`,
  loadNewer: "Show newer",
  loadOlder: "Show older",
  loading: "Loading the activity",
  end: "This is where it all began.",
  empty: "Nothing has happened yet. What people do shows up here as they do it.",
  noMatch: "Nothing matches these filters.",
  failed: "The activity could not be loaded",
  retry: "Try again",
  view: "View",
  unread: "Unread",
  markAllRead: "Mark all read",
  sinceLastVisit: "New since your last visit",
  showGroup: (_, shown) => `Show all ${shown}`,
  hideGroup: "Show less",
  moreInGroup: (_, shown) => `and ${shown} more`,
  you: "You",
  youInside: "you",
  yourself: "yourself",
  justNow: "just now",
  live: "Live",
  connecting: "Connecting",
  reconnecting: (seconds) => `Reconnecting in ${seconds} s`,
  offline: "Offline",
  stopped: "Not live",
  caughtUp: (_, shown) => `Caught up, ${shown} new`,
};
