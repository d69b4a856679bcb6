import { normalFilter } from "../events/filter.ts";
import { pageBounds } from "../events/page.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import { findPage } from "../log/findPage.ts";
import { entitiesIn, feedNames, type FeedDependencies, type FeedQuery } from "./feed.ts";
import { feedGroup, type FeedGroup } from "./feedGroup.ts";
import { foldGroups, isNear, isRecordedNear, type Fold, type Folded } from "./foldGroups.ts";
import { groupKey } from "./groupKey.ts";
import type { Localized } from "./localized.ts";
import type { ReadMark } from "./marks.ts";
import { loadPresent } from "./presentEntities.ts";
import { readStates } from "./readState.ts";

export interface GroupedFeedPage extends Localized {
  /** By their newest event, the newest first. */
  readonly groups: readonly FeedGroup[];
  /** Pass as `before` for the next older page. Null when there is nothing older. */
  readonly older: string | null;
  /** Pass as `after` for newer groups. Null when the page is empty and had no cursor. */
  readonly newer: string | null;
  /** The log's last position before the page was read: hand it to `live({ after })` and nothing is missed. */
  readonly position: number;
  /** How far the query's `reader` was, as the page was read. */
  readonly mark?: ReadMark | undefined;
}

/** A page folds up to this many events for each group that it may show: the cost of a page is bounded, however many are alike. */
const EVENTS_PER_GROUP = 5;
/** Most pages hold few groups: the events that these need are read first, and the others only if the page has room. */
const EVENTS_READ_FIRST = 2;

/** A page of at most `limit` groups. Pages hold every event of the straight feed exactly once. */
export async function readGroupedFeed(
  { db, registry, accountOf, signals }: FeedDependencies,
  query: FeedQuery,
): Promise<GroupedFeedPage> {
  const filter = normalFilter(query, accountOf(query.account), registry, feedNames);
  const language = registry.languages.find(query.locale);
  const { limit = 50 } = query;
  const forwards = query.after !== undefined;
  let { before, after } = pageBounds(query);
  let position: number | undefined;
  /** Whether there are events that were not read. */
  let unlooked = false;
  const events: RecordedEvent[] = [];
  const groupKeys = new Map<RecordedEvent, string | null>();
  const keyOf = (event: RecordedEvent) => groupKeys.get(event)!;
  let folded: Folded<RecordedEvent> = { groups: [], taken: 0 };
  for (const size of [limit * EVENTS_READ_FIRST, limit * EVENTS_PER_GROUP]) {
    const room = size - events.length;
    // One more than is folded: it tells whether anything follows.
    const found = await findPage(db, filter, { before, after, limit: room + 1 });
    position ??= found.position;
    unlooked = found.events.length > room;
    for (const stored of found.events.slice(0, room)) {
      const event = recordedEvent(stored, registry);
      events.push(event);
      groupKeys.set(event, groupKey(event, registry));
    }
    folded = foldGroups(events, keyOf, limit);
    if (folded.taken < events.length || !unlooked) break;
    if (forwards) after = events.at(-1)!.id;
    else before = events.at(-1)!.id;
  }
  const { groups, taken } = folded;

  const shown = forwards ? events.slice(0, taken).toReversed() : events.slice(0, taken);
  const beyond = forwards ? [] : events.slice(taken);
  const first = events[0]?.id ?? query.before ?? query.after ?? null;
  const last = events[taken - 1]?.id ?? query.after ?? null;
  const older = forwards ? first : unlooked || beyond.length > 0 ? last : null;

  const [present, states] = await Promise.all([
    loadPresent(entitiesIn(shown), { registry, signals }),
    query.reader && readStates(db, query.reader, filter.account, shown),
  ]);
  const mayContinue = continuation(shown, beyond, keyOf);
  const page = groups
    .map(({ key, events: members }) => ({ key, events: forwards ? members.toReversed() : members }))
    .sort((one, other) => (one.events[0]!.id < other.events[0]!.id ? 1 : -1))
    .map((fold) => {
      const continues = mayContinue(fold) ?? (forwards || unlooked);
      const group = feedGroup(fold.key, fold.events, continues, registry, present, language);
      if (!states) return group;
      const read = fold.events.map(states.of);
      return {
        ...group,
        unread: read.filter((state) => state.unread).length,
        unseen: read.some((state) => state.unseen),
      };
    });
  return {
    groups: page,
    older,
    newer: forwards ? last : first,
    position: position!,
    locale: language.tag,
    dir: language.dir,
    ...(states && { mark: states.mark }),
  };
}

/**
 * Tells whether older events of a group lie beyond the page; undefined where `beyond`, what was read and not shown, cannot
 * tell.
 */
function continuation(
  shown: readonly RecordedEvent[],
  beyond: readonly RecordedEvent[],
  keyOf: (event: RecordedEvent) => string | null,
): (group: Fold<RecordedEvent>) => boolean | undefined {
  const next = new Map(beyond.toReversed().map((event) => [keyOf(event), event]));
  const last = beyond.at(-1) ?? shown.at(-1);
  return ({ key, events }) => {
    const oldest = events.at(-1)!;
    const following = key !== null && next.get(key);
    if (following) return isNear(oldest, following);
    return key === null || !isRecordedNear(oldest, last!) ? false : undefined;
  };
}
