import { lanes, severities, type LiveFilter } from "./liveFilter.ts";

/** What the log can be filtered by, in the order in which chips stand. */
export interface FilterField {
  readonly field: keyof LiveFilter;
  readonly name: string;
  /** What it narrows down to, for the menu. */
  readonly about: string;
  readonly values: "types" | "entities" | readonly string[];
}

export const filterFields: readonly FilterField[] = [
  { field: "types", name: "Type", about: "card.moved, or all of card.*", values: "types" },
  { field: "lanes", name: "Lane", about: "Deeds, row changes, clients, system", values: lanes },
  { field: "actors", name: "Actor", about: "Who did it", values: "entities" },
  { field: "entities", name: "About", about: "What it happened to, in any role", values: "entities" },
  { field: "severities", name: "Severity", about: "How serious", values: severities },
];
