import { entityKey } from "./entityKey.ts";
import type { ActionKind, Lane, LiveItem, Severity } from "./wire.ts";

/** Which events. Values of one field are alternatives, fields add up. Entities are written `type:id`. */
export interface FeedFilter {
  readonly of?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly actors?: readonly string[] | undefined;
  readonly subjects?: readonly string[] | undefined;
  readonly subjectTypes?: readonly string[] | undefined;
  /** Default `["domain"]`; a timeline shows all. */
  readonly lanes?: readonly Lane[] | undefined;
  readonly severities?: readonly Severity[] | undefined;
  /** Actions that do this to their subject; other events have no kind. */
  readonly kinds?: readonly ActionKind[] | undefined;
  /** Recorded at or after this moment: an ISO date or time. */
  readonly since?: string | undefined;
  /** Recorded before this moment. A feed with an end is not live. */
  readonly until?: string | undefined;
  /** Reads as somebody else would, `type:id`; only the roles `service` and `operator` may. */
  readonly viewer?: string | undefined;
  /** The audiences that `viewer` belongs to. */
  readonly audiences?: readonly string[] | undefined;
}

const LISTS = [
  "of",
  "types",
  "categories",
  "actors",
  "subjects",
  "subjectTypes",
  "lanes",
  "severities",
  "kinds",
  "audiences",
] as const;

/** The filter as a query string, always in the same order: equal filters have equal texts. */
export function filterQuery(filter: FeedFilter = {}): string {
  return queryOf({ ...fieldsOf(filter), since: filter.since, until: filter.until });
}

/** The part of it that a live stream takes: what is yet to come has no dates. */
export function liveQuery(filter: FeedFilter = {}): string {
  return queryOf(fieldsOf(filter));
}

/** Leaves out what is undefined; lists are repeated, because ids may hold commas. */
export function queryOf(values: {
  readonly [name: string]: string | number | readonly string[] | undefined;
}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) query.append(name, String(each));
    }
  }
  return query.toString();
}

/** One query of several, of which some may be empty. */
export function joined(...queries: readonly string[]): string {
  return queries.filter(Boolean).join("&");
}

/**
 * False when the event surely does not match. True is no promise: only the server knows the other roles of an event and
 * the older names of its type.
 */
export function mayMatch(filter: FeedFilter, item: LiveItem): boolean {
  const allows = (values: readonly string[] | undefined, value: string) =>
    values === undefined || values.length === 0 || values.includes(value);
  return (
    allows(filter.lanes ?? ["domain"], item.lane) &&
    allows(filter.severities, item.severity) &&
    allows(filter.actors, entityKey(item.actor)) &&
    allows(filter.subjects, entityKey(item.subject)) &&
    allows(filter.subjectTypes, item.subject.type)
  );
}

function fieldsOf(filter: FeedFilter): Record<string, string | readonly string[] | undefined> {
  const lists = LISTS.map((name) => [name, filter[name]?.toSorted()] as const);
  return { ...Object.fromEntries(lists), viewer: filter.viewer };
}
