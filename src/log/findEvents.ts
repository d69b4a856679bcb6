import { textArray, type Parameter, type Queryable } from "../db/database.ts";
import type { ActionKind, Lane, Severity } from "../events/defineEvent.ts";
import type { EventKey } from "./readEvents.ts";
import { ofSequencer } from "./sequencerRow.ts";

/** A checked filter. Null means "any"; entities are written `type:id`; types are the stored names. */
export interface NormalFilter {
  readonly account: string;
  readonly of: readonly string[] | null;
  readonly types: readonly string[] | null;
  readonly actors: readonly string[] | null;
  readonly subjects: readonly string[] | null;
  readonly subjectTypes: readonly string[] | null;
  readonly lanes: readonly Lane[];
  readonly severities: readonly Severity[] | null;
  readonly kinds: readonly ActionKind[] | null;
  /** Milliseconds since 1970. */
  readonly since: number | null;
  readonly until: number | null;
  /** What the viewer counts as: of events with an audience, only those for one of these. Null: everything. */
  readonly audiences: readonly string[] | null;
}

/** Where a page begins: after (newer than) or before (older than) an event, neither of them included. */
export interface PageBounds {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface FoundEvents {
  /** Newest first; oldest first when paging `after`. */
  readonly keys: readonly EventKey[];
  /** The last position given before the keys were read. */
  readonly position: number;
}

/**
 * Finds the newest events that match, by id, through the index that fits: the timeline of an entity where the filter
 * names one, the type index where it names types, otherwise the primary key.
 *
 * The reading is done by functions of the database, whose plans a connection keeps (see 0004_reads.sql). Within a list the
 * partitions are in the order of the ids, so PostgreSQL reads them one after the other and stops when the page is full.
 */
export async function findEvents(
  on: Queryable,
  filter: NormalFilter,
  page: PageBounds,
): Promise<FoundEvents> {
  const { lists, parameters } = listsOf(filter, page);
  // Types that no definition has: an empty page, in a statement that takes no parameter.
  const nothing = lists.length === 0;
  const direction = page.after === undefined ? "desc" : "asc";
  const limit = nothing ? "0" : `$${parameters.push(page.limit)}::integer`;
  const candidates = nothing
    ? "select null, null::uuid where false"
    : lists.map((list) => `select lane, id from ${list}`).join("\nunion all\n");
  const rows = await on.query<{ lane: Lane | null; id: string | null; position: string }>(
    `select lane, id::text, last_position::text as position
       from tidings.sequencer_now left join (
         select distinct lane, id from (${candidates}) candidates (lane, id)
          order by id ${direction} limit ${limit}) found on true
      order by found.id ${direction}`,
    nothing ? [] : parameters,
    { prepare: true },
  );
  return {
    keys: rows.flatMap(({ lane, id }) => (lane && id ? [{ account: filter.account, lane, id }] : [])),
    position: Number(ofSequencer(rows).position),
  };
}

interface Lists {
  /** Calls of functions that give ids. */
  readonly lists: readonly string[];
  readonly parameters: Parameter[];
}

/** A list for each entity or type, or one for all: a page at most of each (of types and of all events: in each lane). */
function listsOf(filter: NormalFilter, page: PageBounds): Lists {
  const { of, types, actors, subjects, subjectTypes, severities, kinds, audiences } = filter;
  const parameters: Parameter[] = [];
  const bind = (value: Parameter) => `$${parameters.push(value)}`;
  const bindList = (values: readonly string[] | null) => `${bind(values && textArray(values))}::text[]`;
  const { low, high } = idBounds(filter, page);
  if (types?.length === 0) return { lists: [], parameters };
  const looksAtEvents = actors || subjects || subjectTypes || severities || kinds;
  const viewer = audiences || looksAtEvents || (of && types) ? `${bindList(audiences)}, ` : "";
  const whose = `${viewer}${bind(filter.account)}::text, ${bindList(filter.lanes)}`;
  const rest = `${bind(low)}::uuid, ${bind(high)}::uuid, ${page.after === undefined}, ${bind(page.limit)}::integer`;
  if (looksAtEvents) {
    const asked = [of, types, actors, subjects, subjectTypes, severities, kinds];
    return { lists: [`tidings.ids_where(${whose}, ${asked.map(bindList).join(", ")}, ${rest})`], parameters };
  }
  const seenBy = audiences ? "_seen_by" : "";
  if (of && types) {
    const ofTypes = bindList(types);
    const lists = of.map(
      (entity) => `tidings.ids_of_entity_and_types(${whose}, ${bind(entity)}::text, ${ofTypes}, ${rest})`,
    );
    return { lists, parameters };
  }
  const listOf = (name: string) => (value: string) =>
    `tidings.${name}${seenBy}(${whose}, ${bind(value)}::text, ${rest})`;
  const lists = of?.map(listOf("ids_of_entity")) ??
    types?.map(listOf("ids_of_type")) ?? [`tidings.ids_of_account${seenBy}(${whose}, ${rest})`];
  return { lists, parameters };
}

/** What the ids of a page are greater and less than. */
export function idBounds({ since, until }: NormalFilter, page: Omit<PageBounds, "limit">) {
  // No event has the smallest id of a moment: it has no version. So "greater than" is "from then on".
  const low = [LOWEST, since === null ? LOWEST : idFloor(since), page.after ?? LOWEST].toSorted().at(-1)!;
  const high = [HIGHEST, until === null ? HIGHEST : idFloor(until), page.before ?? HIGHEST].toSorted()[0]!;
  return { low, high };
}

export const LOWEST = "00000000-0000-0000-0000-000000000000";
export const HIGHEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** The last moment that a UUIDv7 has room for. */
const LATEST_MS = 2 ** 48 - 1;

/** The smallest UUIDv7 of a moment; where there are no ids, before 1970 and after the last moment, of the nearest. */
export function idFloor(time: number): string {
  const moment = Math.min(Math.max(0, Math.floor(time)), LATEST_MS);
  const hex = moment.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
