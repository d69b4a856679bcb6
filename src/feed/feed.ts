import type { Database } from "../db/database.ts";
import { refuseField } from "../events/checkQuery.ts";
import { lanes } from "../events/defineEvent.ts";
import { entitiesOf } from "../events/entity.ts";
import { normalFilter, type Beside, type EntityLike, type EventFilter } from "../events/filter.ts";
import { pageBounds, pageNames, pageOf, type Page, type PageRequest } from "../events/page.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import { findPage } from "../log/findPage.ts";
import { feedItem, type FeedItem } from "./feedItem.ts";
import type { Localized, Reading } from "./localized.ts";
import type { ReadMark } from "./marks.ts";
import { loadPresent, type EntityOfAccount, type PresentDependencies } from "./presentEntities.ts";
import { readStates, type ReaderOfFeed } from "./readState.ts";

export type FeedQuery = EventFilter &
  PageRequest &
  Reading & {
    /** Tells of each item whether this reader has read it: `{ reader: user("ann") }`. Default: not told. */
    reader?: ReaderOfFeed | undefined;
  };

export const feedNames: Beside<FeedQuery> = { ...pageNames, locale: true, reader: true };

export interface FeedPage extends Page<FeedItem>, Localized {
  /** The log's last position before the page was read: hand it to `live({ after })` and nothing is missed. */
  readonly position: number;
  /** How far the query's `reader` was, as the page was read. */
  readonly mark?: ReadMark | undefined;
}

export interface Feeds {
  /** What happened in an account, newest first. */
  feed(query?: FeedQuery): Promise<FeedPage>;
  /** What happened to one entity, in every lane unless told otherwise. */
  timeline(entity: EntityLike, query?: Omit<FeedQuery, "of">): Promise<FeedPage>;
  /** Events as feed items: what the live stream sends. */
  items(events: readonly RecordedEvent[], reading?: Reading): Promise<FeedItem[]>;
}

export interface FeedDependencies extends PresentDependencies {
  readonly db: Database;
  readonly accountOf: (given: string | undefined) => string;
}

export function createFeeds({ db, registry, accountOf, signals }: FeedDependencies): Feeds {
  async function feed(query: FeedQuery = {}): Promise<FeedPage> {
    const filter = normalFilter(query, accountOf(query.account), registry, feedNames);
    const found = await findPage(db, filter, pageBounds(query));
    let mark: ReadMark | undefined;
    const page = await pageOf(found.events, query, async (shown) => {
      const events = shown.map((event) => recordedEvent(event, registry));
      const shownItems = await items(events, query);
      if (query.reader === undefined) return shownItems;
      const states = await readStates(db, query.reader, filter.account, events);
      mark = states.mark;
      return shownItems.map((item, index) => Object.assign(item, states.of(events[index]!)));
    });
    const { tag: locale, dir } = registry.languages.find(query.locale);
    return { ...page, position: found.position, locale, dir, ...(mark && { mark }) };
  }

  async function items(events: readonly RecordedEvent[], { locale }: Reading = {}): Promise<FeedItem[]> {
    const language = registry.languages.find(locale);
    const present = await loadPresent(entitiesIn(events), { registry, signals });
    return events.map((event) => feedItem(event, registry, present, language));
  }

  return {
    feed,
    items,
    timeline: async (entity, query: FeedQuery = {}) => {
      if (query.of !== undefined) refuseField("of", "is the entity whose timeline it is");
      return feed({ ...query, lanes: query.lanes ?? lanes, of: entity });
    },
  };
}

/** Everything that lines about these events may name. */
export function* entitiesIn(events: readonly RecordedEvent[]): Iterable<EntityOfAccount> {
  for (const event of events) {
    for (const ref of entitiesOf(event)) yield { account: event.account, ref };
  }
}
