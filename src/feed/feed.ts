import type { Database } from "../db/database.ts";
import { lanes } from "../events/defineEvent.ts";
import { entitiesOf, entityKey, type EntityDefinition, type LoadedEntity } from "../events/entity.ts";
import { normalFilter, type EntityLike, type EventFilter } from "../events/filter.ts";
import { pageBounds, pageOf, type Page, type PageRequest } from "../events/page.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { findEvents } from "../log/findEvents.ts";
import { readEvents } from "../log/readEvents.ts";
import { feedItem, type FeedItem, type PresentEntities } from "./feedItem.ts";

export type FeedQuery = EventFilter & PageRequest;

export interface FeedPage extends Page<FeedItem> {
  /** The log's last position before the page was read: hand it to `live({ after })` and nothing is missed. */
  readonly position: number;
}

export interface Feeds {
  /** What happened in an account, newest first. */
  feed(query?: FeedQuery): Promise<FeedPage>;
  /** What happened to one entity, in every lane unless told otherwise. */
  timeline(entity: EntityLike, query?: Omit<FeedQuery, "of">): Promise<FeedPage>;
  /** Events as feed items: what the live stream sends. */
  items(events: readonly RecordedEvent[]): Promise<FeedItem[]>;
}

export interface FeedDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

export function createFeeds({ db, registry, accountOf }: FeedDependencies): Feeds {
  async function feed(query: FeedQuery = {}): Promise<FeedPage> {
    const filter = normalFilter(query, accountOf(query.account), registry);
    const { keys, position } = await findEvents(db, filter, pageBounds(query));
    const page = await pageOf(keys, query, async (shown) => {
      const stored = await readEvents(db, shown);
      return items(stored.map((event) => recordedEvent(event, registry)));
    });
    return { ...page, position };
  }

  async function items(events: readonly RecordedEvent[]): Promise<FeedItem[]> {
    const present = await loadPresent(events, registry);
    return events.map((event) => feedItem(event, registry, present));
  }

  return {
    feed,
    items,
    timeline: async (entity, query = {}) => feed({ ...query, lanes: query.lanes ?? lanes, of: entity }),
  };
}

/** What the app says of the entities on a page now: one call a kind and account, for kinds that have `load`. */
async function loadPresent(events: readonly RecordedEvent[], registry: Registry): Promise<PresentEntities> {
  const loadable = [...registry.entities.values()].filter((entity) => entity.options.load);
  if (loadable.length === 0) return { find: () => undefined };
  const wanted = new Map<string, { entity: EntityDefinition; account: string; ids: Set<string> }>();
  for (const event of events) {
    for (const ref of entitiesOf(event)) {
      const entity = registry.entities.get(ref.type);
      if (!entity?.options.load) continue;
      const group = presentKey(event.account, { type: ref.type, id: "" });
      const entry = wanted.get(group) ?? { entity, account: event.account, ids: new Set<string>() };
      entry.ids.add(ref.id);
      wanted.set(group, entry);
    }
  }
  const present = new Map<string, LoadedEntity | null>();
  await Promise.all(
    [...wanted.values()].map(async ({ entity, account, ids }) => {
      const found = await entity.options.load!([...ids], { account });
      for (const id of ids) present.set(presentKey(account, { type: entity.entity, id }), null);
      for (const loaded of found)
        present.set(presentKey(account, { type: entity.entity, id: loaded.id }), loaded);
    }),
  );
  return { find: (account, ref) => present.get(presentKey(account, ref)) };
}

/** No account holds a NUL, so that one account's entity can never pass for another's. */
function presentKey(account: string, ref: { readonly type: string; readonly id: string }): string {
  return `${account}\0${entityKey(ref)}`;
}
