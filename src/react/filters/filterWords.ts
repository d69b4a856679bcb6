import { useTidings } from "../provider/useTidings.ts";

/** What filters say. Apart, so that a feed alone does not carry it. */
export interface FilterWords {
  readonly filters: string;
  readonly types: string;
  readonly people: string;
  readonly day: string;
  readonly anyDay: string;
  readonly remove: (filter: string) => string;
  readonly clear: string;
  readonly saved: string;
  readonly save: string;
  readonly filterName: string;
  readonly shareFilter: string;
  readonly noneSaved: string;
  readonly deleteFilter: (name: string) => string;
  /** The counts are of the newest events only. */
  readonly newestOnly: (count: string) => string;
}

const english: FilterWords = {
  filters: "Filters",
  types: "What",
  people: "Who",
  day: "When",
  anyDay: "Any day",
  remove: (filter) => `Remove the filter ${filter}`,
  clear: "Clear all",
  saved: "Saved",
  save: "Save",
  filterName: "Name of this filter",
  shareFilter: "Everybody may use it",
  noneSaved: "Choose a filter, and save it here under a name.",
  deleteFilter: (name) => `Delete ${name}`,
  newestOnly: (count) => `Counted among the newest ${count}.`,
};

export function useFilterWords(): FilterWords {
  return { ...english, ...useTidings().words };
}
