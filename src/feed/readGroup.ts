import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { entityKey } from "../events/entity.ts";
import { lanes } from "../events/defineEvent.ts";
import { normalFilter, type Beside, type EventFilter } from "../events/filter.ts";
import { pageBounds } from "../events/page.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { isEventId, recordedAt } from "../log/eventId.ts";
import { findEvents, type NormalFilter } from "../log/findEvents.ts";
import { createMatcher } from "../log/matchFilter.ts";
import { readEvents } from "../log/readEvents.ts";
import { entitiesIn, type FeedDependencies } from "./feed.ts";
import { feedGroup, type FeedGroup } from "./feedGroup.ts";
import { feedItem, type FeedItem } from "./feedItem.ts";
import { GROUP_GAP_MS, isNear } from "./foldGroups.ts";
import { groupKey, groupsByActor } from "./groupKey.ts";
import type { Localized, Reading } from "./localized.ts";
import { loadPresent } from "./presentEntities.ts";

/** Which events of a group: the filter of the feed that it was on, for a filter leaves events out of groups, too. */
export interface GroupQuery extends EventFilter, Reading {
  /** The newest event, `group.latest.id`: exactly the group that was shown. Default: with all that has joined it since. */
  newest?: string | undefined;
  /** Items older than this one: a page's `older`. */
  before?: string | undefined;
  /** Items. 1 to 200. Default 50. */
  limit?: number | undefined;
}

const groupNames: Beside<GroupQuery> = { newest: true, before: true, limit: true, locale: true };

export interface GroupPage extends Localized {
  readonly group: FeedGroup;
  /** Its events, newest first. */
  readonly items: readonly FeedItem[];
  /** Pass as `before` for the next older items. Null when there are none. */
  readonly older: string | null;
}

/** Looks at no more than this: as many events as a page of groups folds at most. */
const MAX_EVENTS = 1_000;
/** Most groups are small. */
const EVENTS_AT_ONCE = 100;

/** A group by its id, with its events. Throws EVENT_NOT_FOUND where the viewer sees no such event that the filter matches. */
export async function readGroup(
  dependencies: FeedDependencies,
  id: string,
  query: GroupQuery,
): Promise<GroupPage> {
  const { registry, accountOf } = dependencies;
  const { limit: wanted } = pageBounds({ before: query.before, limit: query.limit });
  const limit = wanted - 1;
  const asked = { ...query, lanes: query.lanes ?? lanes };
  const filter = normalFilter(asked, accountOf(query.account), registry, groupNames);
  const { key, members } = await readMembers(dependencies, id, query.newest, filter);
  const events = members.toReversed();
  const from = query.before === undefined ? 0 : events.findIndex((event) => event.id < query.before!);
  const shown = from === -1 ? [] : events.slice(from, from + limit);
  const language = registry.languages.find(query.locale);
  const present = await loadPresent(entitiesIn(events), dependencies);
  return {
    group: feedGroup(key, events, false, registry, present, language),
    items: shown.map((event) => feedItem(event, registry, present, language)),
    older: shown.length > 0 && shown.at(-1)!.id !== events.at(-1)!.id ? shown.at(-1)!.id : null,
    locale: language.tag,
    dir: language.dir,
  };
}

interface Members {
  readonly key: string | null;
  /** Oldest first. */
  readonly members: readonly RecordedEvent[];
}

async function readMembers(
  { db, registry }: FeedDependencies,
  id: string,
  newest: string | undefined,
  filter: NormalFilter,
): Promise<Members> {
  if (newest !== undefined && !isEventId(newest)) throw new TidingsError("INVALID_CURSOR");
  const keys = isEventId(id) ? filter.lanes.map((lane) => ({ account: filter.account, lane, id })) : [];
  const [stored] = (await readEvents(db, keys)).filter(createMatcher(filter));
  if (!stored) throw new TidingsError("EVENT_NOT_FOUND", { detail: `"${id.slice(0, 50)}"` });
  const oldest = recordedEvent(stored, registry);
  const key = groupKey(oldest, registry);
  const members = [oldest];
  if (key === null || newest === id) return { key, members };

  const alike = filterOfGroup(filter, oldest, registry);
  const isAlike = (event: RecordedEvent) => groupKey(event, registry) === key;
  const more =
    newest === undefined
      ? await readUntilGap(db, alike, oldest, isAlike, registry)
      : (await readBetween(db, alike, oldest, newest, registry)).filter(isAlike);
  return { key, members: [oldest, ...more] };
}

/** What could be in the group after its oldest event, up to its newest: no more than the page read that showed it. */
async function readBetween(
  db: Database,
  alike: NormalFilter,
  oldest: RecordedEvent,
  newest: string,
  registry: Registry,
): Promise<RecordedEvent[]> {
  const between = await findEvents(db, alike, { after: oldest.id, before: newest, limit: MAX_EVENTS });
  const last = { account: alike.account, lane: oldest.lane, id: newest };
  const stored = await readEvents(db, [...between.keys, last]);
  return stored.filter(createMatcher(alike)).map((event) => recordedEvent(event, registry));
}

/** The members that follow, until nothing alike follows in time: no further than that is read. */
async function readUntilGap(
  db: Database,
  alike: NormalFilter,
  oldest: RecordedEvent,
  isAlike: (event: RecordedEvent) => boolean,
  registry: Registry,
): Promise<RecordedEvent[]> {
  const members = [oldest];
  for (let looked = 0, last = oldest.id; looked < MAX_EVENTS; looked += EVENTS_AT_ONCE) {
    const until = recordedAt(members.at(-1)!.id) + GROUP_GAP_MS + 1;
    const near = { ...alike, until: Math.min(until, alike.until ?? until) };
    const { keys } = await findEvents(db, near, { after: last, limit: EVENTS_AT_ONCE });
    for (const stored of await readEvents(db, keys)) {
      const event = recordedEvent(stored, registry);
      if (!isAlike(event)) continue;
      if (!isNear(members.at(-1)!, event)) return members.slice(1);
      members.push(event);
    }
    if (keys.length === 0) break;
    last = keys.at(-1)!.id;
  }
  return members.slice(1);
}

/** Events that could be in the group: found through the timeline of its actor or its subject, and of its type only. */
function filterOfGroup(filter: NormalFilter, event: RecordedEvent, registry: Registry): NormalFilter {
  const { type, aliases, group } = registry.find(event.type)!;
  const names = [type, ...aliases];
  const common = groupsByActor(group!)
    ? { actors: [entityKey(event.actor)] }
    : { subjects: [entityKey(event.subject)] };
  return {
    ...filter,
    ...common,
    lanes: [event.lane],
    types: filter.types ? names.filter((name) => filter.types!.includes(name)) : names,
    severities: ["info"],
  };
}
