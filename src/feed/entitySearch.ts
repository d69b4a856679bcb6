import { textArray, type Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { lanes } from "../events/defineEvent.ts";
import { entitiesOf, entityKey, type EntityRef } from "../events/entity.ts";
import { normalFilter, type EventFilter } from "../events/filter.ts";
import { checkText } from "../events/limits.ts";
import type { Registry } from "../events/registry.ts";
import { findEvents, type NormalFilter } from "../log/findEvents.ts";
import { readEvents } from "../log/readEvents.ts";
import { feedEntity, type FeedEntity } from "./feedItem.ts";
import { loadPresent } from "./presentEntities.ts";

export interface EntitySearch extends Pick<EventFilter, "account" | "viewer"> {
  /** A part of a name in any case, the beginning of an id, or `type:id`. At most 200 characters. Default: anything. */
  readonly q?: string | undefined;
  /** Only entities of these kinds: `["card"]`. */
  readonly types?: readonly string[] | undefined;
  /** 1 to 50. Default 20. */
  readonly limit?: number | undefined;
}

export interface FoundEntity {
  /** With its present name and address. */
  readonly entity: FeedEntity;
  /** When something last happened to it, among what was looked at. */
  readonly lastAt: Date;
}

export interface EntityDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

/** So many of the newest events are looked at: 85 ms on PGlite (measured). What is older is found by `type:id` alone. */
const LOOK = 5_000;
const MOST = 50;

/** Entities that the newest 5,000 events of the account are about, and `type:id` exactly however old. The best match first. */
export function createEntitySearch({ db, registry, accountOf }: EntityDependencies) {
  return async (query: EntitySearch = {}): Promise<FoundEntity[]> => {
    const { q = "", types, limit = 20, ...seen } = query;
    const asked = { q: q.trim(), types: types ?? null, limit };
    check(asked);
    const filter = normalFilter({ ...seen, lanes }, accountOf(query.account), registry);
    const [recent, exact] = await Promise.all([findRecent(db, filter, asked), findExact(db, filter, asked)]);
    const isNew = exact !== null && !recent.some(({ ref }) => entityKey(ref) === entityKey(exact.ref));
    const found = isNew ? [exact, ...recent].slice(0, limit) : recent;
    const { account } = filter;
    const present = await loadPresent(
      found.map(({ ref }) => ({ account, ref })),
      registry,
    );
    return found.map(({ ref, at }) => ({
      entity: feedEntity(account, ref, registry, present),
      lastAt: at,
    }));
  };
}

interface Asked {
  readonly q: string;
  readonly types: readonly string[] | null;
  readonly limit: number;
}

interface Found {
  readonly ref: EntityRef;
  readonly at: Date;
}

interface FoundRow {
  readonly type: string;
  readonly id: string;
  readonly label: string | null;
  readonly at_ms: number;
}

async function findRecent(on: Database, filter: NormalFilter, { q, types, limit }: Asked): Promise<Found[]> {
  const { account, audiences } = filter;
  // A branch for each lane: within one the partitions are in the order of the ids, and reading ends at the limit.
  const branches = lanes.map(
    (lane) => `(select e.* from tidings.events e
      where e.account_id = $1 and e.lane = '${lane}' and ($2::text[] is null or e.audience is null or e.audience && $2::text[])
      order by e.id desc limit ${LOOK})`,
  );
  const rows = await on.query<FoundRow>(
    `with newest as materialized (
       select * from (${branches.join("\nunion all\n")}) e order by e.id desc limit ${LOOK}),
     named as (
       select n.id as event_id, n.occurred_at, entity.type, entity.id, entity.label
         from newest n cross join lateral (
           values (n.subject_type, n.subject_id, n.subject_label), (n.actor_type, n.actor_id, n.actor_label)
           union all
           select ref->>'type', ref->>'id', ref->>'label'
             from jsonb_each(n.refs || jsonb_build_object('', n.on_behalf_of)) role (name, held)
             cross join lateral jsonb_array_elements(case jsonb_typeof(held)
               when 'array' then held when 'object' then jsonb_build_array(held) else '[]' end) ref
         ) entity (type, id, label)
        where $3::text[] is null or entity.type = any ($3::text[]))
     select type, id, (array_agg(label order by event_id desc) filter (where label is not null))[1] as label,
            extract(epoch from max(occurred_at))::float8 * 1000 as at_ms
       from named group by type, id
     having $4 = '' or bool_or(position(lower($4) in lower(label)) > 0)
         or starts_with(id, $4) or starts_with(type || ':' || id, $4)
      order by type || ':' || id = $4 desc, bool_or(starts_with(lower(label), lower($4))) desc nulls last,
            max(occurred_at) desc, type, id
      limit ${limit}`,
    [account, audiences && textArray(audiences), types && textArray(types), q],
  );
  return rows.map(({ type, id, label, at_ms }) => ({ ref: { type, id, label }, at: new Date(at_ms) }));
}

/** What its newest event says of it. */
async function findExact(on: Database, filter: NormalFilter, { q, types }: Asked): Promise<Found | null> {
  const type = /^([a-z][a-z0-9_]*):./.exec(q)?.[1];
  if (type === undefined || (types && !types.includes(type))) return null;
  const { keys } = await findEvents(on, { ...filter, of: [q] }, { limit: 1 });
  const [event] = await readEvents(on, keys);
  const ref = event && entitiesOf(event).find((each) => entityKey(each) === q);
  return ref ? { ref, at: event.occurredAt } : null;
}

function check({ q, types, limit }: Asked): void {
  if (q.length > 200) refuse("q", `has ${q.length} characters, the limit is 200`);
  checkText(q, ["q"]);
  if (types !== null && (types.length === 0 || types.length > MOST))
    refuse("types", `must hold 1 to ${MOST} values`);
  for (const type of types ?? []) checkText(type, ["types"]);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    refuse("limit", `${limit} must be a whole number from 1 to ${MOST}`);
}

function refuse(field: string, what: string): never {
  throw new TidingsError("INVALID_FILTER", { detail: `${field} ${what}`, path: [field] });
}
