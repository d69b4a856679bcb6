import type { FeedGroup, FeedItem, FeedPage, GroupPage } from "../wire.ts";

/** One line: an event, or several told as one. */
export type Entry = FeedItem | FeedGroup;

export type AnyPage = FeedPage | GroupPage;

export function isGroup(entry: Entry): entry is FeedGroup {
  return "latest" in entry;
}

export function entriesOf(page: AnyPage): readonly Entry[] {
  return "groups" in page ? page.groups : page.items;
}

/** The event that decides where the line stands: ids are UUIDv7 and sort as they were made. */
export function newestIdOf(entry: Entry): string {
  return isGroup(entry) ? entry.latest.id : entry.id;
}

export function timeOf(entry: Entry): string {
  return (isGroup(entry) ? entry.latest : entry).occurredAt;
}
