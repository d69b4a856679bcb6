import { useTidings } from "../provider/useTidings.ts";

/** What a day timeline says. Apart, so that a feed alone does not carry it. */
export interface DayWords {
  readonly added: string;
  readonly updated: string;
  readonly done: string;
  readonly nothingThere: string;
  readonly hidden: (count: number, shown: string) => string;
  readonly olderDays: string;
  /** Of an event that happened on another day than it was recorded: both times in full. */
  readonly late: (happened: string, recorded: string) => string;
}

const english: DayWords = {
  added: "Added",
  updated: "Updated",
  done: "Done",
  nothingThere: "Nothing",
  hidden: (_, shown) => `${shown} more`,
  olderDays: "Show earlier days",
  late: (happened, recorded) => `Happened ${happened}; recorded ${recorded}`,
};

export function useDayWords(): DayWords {
  return { ...english, ...useTidings().words };
}
