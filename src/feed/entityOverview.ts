import { TidingsError } from "../errors.ts";
import { lanes, type Lane } from "../events/defineEvent.ts";
import { entitiesOf, entityKey, type EntityRef } from "../events/entity.ts";
import {
  checkNames,
  normalFilter,
  type EntityLike,
  type EventFilter,
  type NamesOf,
} from "../events/filter.ts";
import { findColumns } from "../log/fillPage.ts";
import { LOWEST, type NormalFilter } from "../log/findEvents.ts";
import { readEvents } from "../log/readEvents.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import type { EntityDependencies } from "./entitySearch.ts";
import { feedEntity, type FeedEntity } from "./feedItem.ts";
import { loadPresent } from "./presentEntities.ts";
import { timeZone, type DayText } from "./timeZone.ts";

export interface EntityQuery extends Pick<EventFilter, "account" | "viewer"> {
  /** Whose weeks are counted: an IANA name. Default `UTC`. */
  readonly timeZone?: string | undefined;
}

const overviewNames: NamesOf<EntityQuery> = { account: true, viewer: true, timeZone: true };

/** One entity at a glance, in every lane. */
export interface EntityOverview {
  /** With its present name and address. */
  readonly entity: FeedEntity;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** How many events are about it, in any role. */
  readonly events: number;
  /** False when there are more: `events`, `people` and `weeks` are those of the newest 5,000. */
  readonly complete: boolean;
  /** Who did it, the 20 most active first. */
  readonly people: readonly { readonly actor: EntityRef; readonly count: number }[];
  /** By the Monday that each begins with, oldest first; weeks without events are left out. */
  readonly weeks: readonly { readonly week: DayText; readonly count: number }[];
}

/** Enough for all but what everybody works on for years. 80 ms on PGlite at this many (measured). */
const LOOK = 5_000;
const MOST_PEOPLE = 20;

/** Throws ENTITY_NOT_FOUND where no event is about it, or none that the viewer may see. */
export function createEntityOverview({ db, registry, accountOf, signals }: EntityDependencies) {
  return async (asked: EntityLike, query: EntityQuery = {}): Promise<EntityOverview> => {
    checkNames(query, overviewNames);
    const { timeZone: zoneName = "UTC", viewer } = query;
    const zone = timeZone(zoneName);
    const filter = normalFilter({ viewer, of: asked, lanes }, accountOf(query.account), registry);
    const { account } = filter;
    const key = filter.of![0]!;
    const found = await findColumns<OverviewRow>(db, OVERVIEW_COLUMNS, filter, { limit: LOOK + 1 });
    const rows = found.slice(0, LOOK);
    const [newest] = await readEvents(
      db,
      rows.slice(0, 1).map(({ lane, id }) => ({ account, lane, id })),
    );
    const ref = newest && refIn(newest, key);
    if (!ref) throw new TidingsError("ENTITY_NOT_FOUND", { detail: `"${key.slice(0, 100)}"` });
    const complete = found.length <= LOOK;
    const present = await loadPresent([{ account, ref }], { registry, signals });
    const times = rows.map(({ at }) => at);
    return {
      entity: feedEntity(account, ref, registry, present),
      firstAt: complete ? earliest(times) : await firstAt(filter),
      lastAt: new Date(Math.max(...times)),
      events: rows.length,
      complete,
      people: peopleOf(rows),
      weeks: weeksOf(times.map((time) => mondayOf(zone.dayOf(time)))),
    };
  };

  async function firstAt(filter: NormalFilter): Promise<Date> {
    const [first] = await findColumns<OverviewRow>(db, OVERVIEW_COLUMNS, filter, {
      after: LOWEST,
      limit: 1,
    });
    return new Date(first!.at);
  }
}

const OVERVIEW_COLUMNS =
  "e.lane, e.id::text, e.actor_type, e.actor_id, e.actor_label, extract(epoch from e.occurred_at)::float8 * 1000 as at";

interface OverviewRow {
  readonly lane: Lane;
  readonly id: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly actor_label: string | null;
  /** When it happened, in milliseconds since 1970. */
  readonly at: number;
}

function refIn(event: StoredEvent, key: string): EntityRef | undefined {
  return entitiesOf(event).find((ref) => entityKey(ref) === key);
}

function earliest(times: readonly number[]): Date {
  return new Date(Math.min(...times));
}

function peopleOf(rows: readonly OverviewRow[]): EntityOverview["people"] {
  const people = new Map<string, { actor: EntityRef; count: number }>();
  for (const { actor_type: type, actor_id: id, actor_label: label } of rows) {
    const key = entityKey({ type, id });
    const known = people.get(key) ?? { actor: { type, id, label }, count: 0 };
    people.set(key, { ...known, count: known.count + 1 });
  }
  return [...people.values()].toSorted((a, b) => b.count - a.count).slice(0, MOST_PEOPLE);
}

function weeksOf(mondays: readonly DayText[]): EntityOverview["weeks"] {
  const weeks = new Map<DayText, number>();
  for (const monday of mondays) weeks.set(monday, (weeks.get(monday) ?? 0) + 1);
  return [...weeks].map(([week, count]) => ({ week, count })).toSorted((a, b) => (a.week < b.week ? -1 : 1));
}

function mondayOf(day: DayText): DayText {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}
