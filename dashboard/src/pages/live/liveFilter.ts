import { addressWith } from "../../frame/place.ts";
import type { Query } from "../../dashboardApi/request.ts";

export const lanes = ["domain", "change", "client", "system"] as const;
export const severities = ["info", "warning", "error"] as const;

/** What of the log is shown, as the address says it. Values of one field are alternatives; empty is any. */
export interface LiveFilter {
  readonly types: readonly string[];
  readonly lanes: readonly string[];
  readonly severities: readonly string[];
  /** Written `type:id`, as are the next. */
  readonly actors: readonly string[];
  readonly entities: readonly string[];
}

/** Their names in the address: a person may read and type them. */
export const filterKeys = {
  types: "type",
  lanes: "lane",
  severities: "severity",
  actors: "actor",
  entities: "about",
} as const satisfies Record<keyof LiveFilter, string>;

export function filterOf(query: URLSearchParams): LiveFilter {
  const oneOf = (key: string, known: readonly string[]) =>
    query.getAll(key).filter((value) => known.includes(value));
  const entities = (key: string) => query.getAll(key).filter((value) => /^[a-z][a-z0-9_]*:./.test(value));
  return {
    types: query.getAll("type").filter((value) => value !== ""),
    lanes: oneOf("lane", lanes),
    severities: oneOf("severity", severities),
    actors: entities("actor"),
    entities: entities("about"),
  };
}

/** The address with one field of the filter changed. */
export function addressWithFilter(field: keyof LiveFilter, values: readonly string[]): string {
  return addressWith({ [filterKeys[field]]: values });
}

/** What the API is asked. It shows the lane of people's deeds alone unless told otherwise; here every lane counts. */
export function filterQuery(filter: LiveFilter): Query {
  const some = (values: readonly string[]) => (values.length > 0 ? values : null);
  return {
    types: some(filter.types),
    lanes: filter.lanes.length > 0 ? filter.lanes : lanes,
    severities: some(filter.severities),
    actors: some(filter.actors),
    of: some(filter.entities),
  };
}

export function isFiltered(filter: LiveFilter): boolean {
  return Object.values(filter).some((values) => values.length > 0);
}
