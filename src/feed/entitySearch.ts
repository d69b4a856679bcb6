import { textArray, type Database } from "../db/database.ts";
import { checkWhole, refuseField } from "../events/checkQuery.ts";
import { lanes, type Lane } from "../events/defineEvent.ts";
import { entitiesOf, entityKey, parseEntityKey, type EntityRef } from "../events/entity.ts";
import { checkNames, normalFilter, type EventFilter, type NamesOf } from "../events/filter.ts";
import { checkText } from "../events/limits.ts";
import type { NormalFilter } from "../log/findEvents.ts";
import { readEvents } from "../log/readEvents.ts";
import { feedEntity, type FeedEntity } from "./feedItem.ts";
import { loadPresent, type PresentDependencies } from "./presentEntities.ts";

export interface EntitySearch extends Pick<EventFilter, "account" | "viewer"> {
  /**
   * A part of a name in any case, the beginning of an id, or `type:id`. At most 200 characters. Default: anything. Cases are as
   * the database's locale knows them: in the locale `C` those of A to Z alone.
   */
  readonly q?: string | undefined;
  /** Only entities of these kinds: `["card"]`. */
  readonly types?: readonly string[] | undefined;
  /** 1 to 50. Default 20. */
  readonly limit?: number | undefined;
}

const searchNames: NamesOf<EntitySearch> = {
  account: true,
  viewer: true,
  q: true,
  types: true,
  limit: true,
};

export interface FoundEntity {
  /** With its present name and address. */
  readonly entity: FeedEntity;
  /** When something last happened to it, among what was looked at. */
  readonly lastAt: Date;
}

export interface FoundEntities {
  /** The best match first, then the latest. */
  readonly items: readonly FoundEntity[];
  /**
   * False when there are older events than those that were looked at: the newest 5,000 that the viewer may see, among the
   * newest 20,000 of each lane, whoever these are for.
   */
  readonly complete: boolean;
}

export interface EntityDependencies extends PresentDependencies {
  readonly db: Database;
  readonly accountOf: (given: string | undefined) => string;
}

/** So many of the newest events that may be seen are looked at. What is older is found by `type:id` alone. */
const LOOK = 5_000;
/** And so many are passed over in search of them, by who may see them alone: somebody who may see nothing costs no more. */
const PASSED = 20_000;
const MOST = 50;

/** Entities that the newest 5,000 events of a viewer are about, and `type:id` exactly however old. The best match first. */
export function createEntitySearch({ db, registry, accountOf, signals }: EntityDependencies) {
  return async (query: EntitySearch = {}): Promise<FoundEntities> => {
    checkNames(query, searchNames);
    const { q = "", types, limit = 20, viewer } = query;
    const asked = { q: q.trim(), types: types ?? null, limit };
    check(asked);
    const filter = normalFilter({ viewer, lanes }, accountOf(query.account), registry);
    const [recent, exact] = await Promise.all([findRecent(db, filter, asked), findExact(db, filter, asked)]);
    const isNew = exact !== null && !recent.found.some(({ ref }) => entityKey(ref) === entityKey(exact.ref));
    const found = isNew ? [exact, ...recent.found].slice(0, limit) : recent.found;
    const { account } = filter;
    const present = await loadPresent(
      found.map(({ ref }) => ({ account, ref })),
      { registry, signals },
    );
    return {
      items: found.map(({ ref, at }) => ({
        entity: feedEntity(account, ref, registry, present),
        lastAt: at,
      })),
      complete: recent.complete,
    };
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

interface NamedEntity {
  readonly type: string;
  readonly id: string;
  readonly label: string | null;
  readonly at_ms: number;
}

async function findRecent(
  on: Database,
  { account, audiences }: NormalFilter,
  { q, types, limit }: Asked,
): Promise<{ found: readonly Found[]; complete: boolean }> {
  const [row] = await on.query<{ complete: boolean; entities: string }>(
    NAMED,
    [audiences && textArray(audiences), account, q, types && textArray(types), PASSED, LOOK, limit],
    { prepare: true },
  );
  const { complete, entities } = row!;
  const found = JSON.parse(entities) as NamedEntity[];
  return {
    found: found.map(({ type, id, label, at_ms }) => ({ ref: { type, id, label }, at: new Date(at_ms) })),
    complete,
  };
}

// See 0009_reading.sql.
const NAMED = `
select complete, entities from tidings.named_entities($1::text[], $2, $3, $4::text[], $5::int, $6::int, $7::int)`;

/** What its newest event says of it. */
async function findExact(
  on: Database,
  { account, audiences }: NormalFilter,
  { q, types }: Asked,
): Promise<Found | null> {
  const asked = parseEntityKey(q);
  if (!asked?.id || (types && !types.includes(asked.type))) return null;
  const about = await on.query<{ lane: Lane; id: string }>(
    NEWEST_ABOUT,
    [audiences && textArray(audiences), account, q, PASSED],
    { prepare: true },
  );
  const [event] = await readEvents(
    on,
    about.map(({ lane, id }) => ({ account, lane, id })),
  );
  const ref = event && entitiesOf(event).find((each) => entityKey(each) === q);
  return ref ? { ref, at: event.occurredAt } : null;
}

const NEWEST_ABOUT = `
select lane, id::text from tidings.newest_about($1::text[], $2, $3, $4::int)`;

function check({ q, types, limit }: Asked): void {
  if (q.length > 200) refuseField("q", `has ${q.length} characters, the limit is 200`);
  checkText(q, ["q"]);
  if (types !== null && (types.length === 0 || types.length > MOST))
    refuseField("types", `must hold 1 to ${MOST} values`);
  for (const type of types ?? []) checkText(type, ["types"]);
  checkWhole("limit", limit, 1, MOST);
}
