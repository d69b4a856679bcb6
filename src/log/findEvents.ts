import { textArray, type Parameter, type Queryable } from "../db/database.ts";
import type { ActionKind, Lane, Severity } from "../events/defineEvent.ts";
import { uuid, type EventKey } from "./readEvents.ts";

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
 * Each lane (and type, and entity) is read by itself with its own ORDER BY and LIMIT: within it the partitions are
 * in the order of the ids, so PostgreSQL reads them one after the other and stops when the page is full.
 */
export async function findEvents(
  on: Queryable,
  filter: NormalFilter,
  page: PageBounds,
): Promise<FoundEvents> {
  const common = commonBranches(filter, page);
  const { branches, parameters } = common ?? branchesOf(filter, page);
  // Types that no definition has: an empty page, in a statement that takes no parameter.
  const nothing = branches.length === 0;
  const direction = page.after === undefined ? "desc" : "asc";
  const limit = nothing ? "0" : `$${parameters.push(page.limit)}::integer`;
  const rows = await on.query<{ lane: Lane | null; id: string | null; position: string }>(
    `select lane, id::text, last_position::text as position
       from tidings.sequencer left join (
         select distinct lane, id from (${nothing ? "select null, null::uuid where false" : branches.join("\nunion all\n")}) candidates (lane, id)
          order by id ${direction} limit ${limit}) found on true
      order by found.id ${direction}`,
    nothing ? [] : parameters,
    { prepare: common !== null },
  );
  return {
    keys: rows.flatMap(({ lane, id }) => (lane && id ? [{ account: filter.account, lane, id }] : [])),
    position: Number(rows[0]!.position),
  };
}

/** How many events match, each counted once. */
export async function countEvents(on: Queryable, filter: NormalFilter): Promise<number> {
  const { branches, parameters } = branchesOf(filter, null);
  if (branches.length === 0) return 0;
  const [row] = await on.query<{ count: string }>(
    `select count(distinct id)::text as count from (${branches.join("\nunion all\n")}) candidates (lane, id)`,
    parameters,
  );
  return Number(row!.count);
}

interface Branches {
  readonly branches: readonly string[];
  readonly parameters: Parameter[];
}

export const LOWEST = "00000000-0000-0000-0000-000000000000";
export const HIGHEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/**
 * What feeds and timelines ask most: by account, by type or by entity and nothing else. These branches are functions of
 * the database, whose plans a connection keeps (see 0004_reads.sql); other filters are planned for each call.
 */
function commonBranches(filter: NormalFilter, page: PageBounds): Branches | null {
  const { of, types, actors, subjects, subjectTypes, severities, kinds } = filter;
  if (actors || subjects || subjectTypes || severities || kinds || (of && types)) return null;
  const parameters: Parameter[] = [];
  const bind = (value: Parameter) => `$${parameters.push(value)}`;
  const { low, high } = idBounds(filter, page);
  const { audiences } = filter;
  const seenBy = audiences ? "_seen_by" : "";
  const viewer = audiences ? `${bind(textArray(audiences))}::text[], ` : "";
  const whose = `${viewer}${bind(filter.account)}::text, ${bind(textArray(filter.lanes))}::text[]`;
  const rest = `${bind(low)}::uuid, ${bind(high)}::uuid, ${page.after === undefined}, ${bind(page.limit)}::integer`;
  const ids = (name: string, value: string) =>
    `select lane, id from tidings.${name}${seenBy}(${whose}, ${bind(value)}::text, ${rest})`;
  const branches = of?.map((entity) => ids("ids_of_entity", entity)) ??
    types?.map((type) => ids("ids_of_type", type)) ?? [
      `select lane, id from tidings.ids_of_account${seenBy}(${whose}, ${rest})`,
    ];
  return { branches, parameters };
}

/** What the ids of a page are greater and less than. */
export function idBounds({ since, until }: NormalFilter, page: Omit<PageBounds, "limit">) {
  // No event has the smallest id of a moment: it has no version. So "greater than" is "from then on".
  const low = [LOWEST, since === null ? LOWEST : idFloor(since), page.after ?? LOWEST].toSorted().at(-1)!;
  const high = [HIGHEST, until === null ? HIGHEST : idFloor(until), page.before ?? HIGHEST].toSorted()[0]!;
  return { low, high };
}

function branchesOf(filter: NormalFilter, page: PageBounds | null): Branches {
  const parameters: Parameter[] = [];
  const bind = (value: Parameter) => `$${parameters.push(value)}`;
  const account = bind(filter.account);
  // The most selective entity list decides whose timelines are read; an actor or subject is on its own timeline.
  const entities = filter.of ?? filter.subjects ?? filter.actors;
  const onEvent = eventConditions(filter, bind);
  const audiences = filter.audiences && bind(textArray(filter.audiences));
  const isSeen = (alias: string) =>
    audiences && `(${alias}.audience is null or ${alias}.audience && ${audiences}::text[])`;
  const ordered = (column: string) =>
    page ? `order by ${column} ${page.after === undefined ? "desc" : "asc"} limit ${page.limit}` : "";

  const types = entities && filter.types && `t.type = any(${bind(textArray(filter.types))}::text[])`;
  const onTimelines = entities !== null && onEvent.length === 0 && page !== null;
  const each = eachOf(entities ?? filter.types ?? [], bind, onTimelines);
  const branches = filter.lanes.flatMap((lane) => {
    if (entities) {
      // Retention drops a month of events before the quarter of their timeline rows: those count no longer. A page leaves
      // them out when it reads its events.
      const isKept = `t.event_id >= (select oldest.id from tidings.events oldest
         where oldest.account_id = ${account} and oldest.lane = '${lane}' order by oldest.id limit 1)`;
      const look =
        onEvent.length > 0
          ? `cross join lateral (select from tidings.events e
             where e.account_id = ${account} and e.lane = '${lane}' and e.id = t.event_id and ${onEvent.join(" and ")}) e`
          : "";
      const conditions = [
        types,
        isSeen("t"),
        page === null && isKept,
        ...bounds("t.event_id", filter, page),
      ].map((condition) => (condition ? `and ${condition}` : ""));
      return each(
        (entity) => `(select t.lane, t.event_id from tidings.timeline t ${look}
          where t.account_id = ${account} and t.lane = '${lane}' and t.entity = ${entity}
            ${conditions.join(" ")} ${ordered("t.event_id")})`,
      );
    }
    const conditions = [...bounds("e.id", filter, page), ...onEvent, isSeen("e")]
      .filter((condition) => condition !== null)
      .map((condition) => `and ${condition}`)
      .join(" ");
    const from = (type: string) => `(select e.lane, e.id from tidings.events e
          where e.account_id = ${account} and e.lane = '${lane}' ${type} ${conditions} ${ordered("e.id")})`;
    return filter.types === null ? [from("")] : each((type) => from(`and e.type = ${type}`));
  });
  return { branches, parameters };
}

/**
 * A search for each of the values. Pages of timelines alone: as a branch each, which are read only as far as the page needs.
 * Otherwise all in one branch that goes from value to value, because each branch would plan every month of events anew: 50
 * actors in four lanes over 36 months took over a second to plan, and take a fiftieth of it this way.
 */
function eachOf(values: readonly string[], bind: (value: Parameter) => string, asBranches: boolean) {
  if (asBranches) {
    const bound = values.map(bind);
    return (search: (value: string) => string) => bound.map(search);
  }
  if (values.length === 0) return () => [];
  const list = bind(textArray(values));
  return (search: (value: string) => string) => [
    `(select found.* from unnest(${list}::text[]) wanted (value) cross join lateral ${search("wanted.value")} found)`,
  ];
}

/** What only the event's own row can tell. */
function eventConditions(filter: NormalFilter, bind: (value: Parameter) => string): string[] {
  const conditions: string[] = [];
  const oneOf = (sql: string, values: readonly string[] | null) => {
    if (values) conditions.push(`${sql} = any(${bind(textArray(values))}::text[])`);
  };
  oneOf("e.actor_type || ':' || e.actor_id", filter.actors);
  oneOf("e.subject_type || ':' || e.subject_id", filter.subjects);
  oneOf("e.subject_type", filter.subjectTypes);
  oneOf("e.severity", filter.severities);
  oneOf("e.kind", filter.kinds);
  return conditions;
}

/** Literals, not parameters: the planner then leaves out the partitions that lie outside. */
function bounds(column: string, filter: NormalFilter, page: PageBounds | null): string[] {
  return [
    filter.since !== null && `${column} >= '${idFloor(filter.since)}'`,
    filter.until !== null && `${column} < '${idFloor(filter.until)}'`,
    page?.before !== undefined && `${column} < '${uuid(page.before)}'`,
    page?.after !== undefined && `${column} > '${uuid(page.after)}'`,
  ].filter((condition) => condition !== false);
}

/** The last moment that a UUIDv7 has room for. */
const LATEST_MS = 2 ** 48 - 1;

/** The smallest UUIDv7 of a moment; where there are no ids, before 1970 and after the last moment, of the nearest. */
export function idFloor(time: number): string {
  const moment = Math.min(Math.max(0, Math.floor(time)), LATEST_MS);
  const hex = moment.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
