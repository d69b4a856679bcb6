import type { FeedItem as ServerItem } from "../../src/feed/feedItem.ts";
import type { Tidings } from "../../src/index.ts";
import type * as wire from "../../src/react/wire.ts";

// What tidings/react believes about the answers of the server. It may know less of them, never something else.

/** As JSON carries a value. */
type Json<Value> = Value extends Date
  ? string
  : Value extends readonly (infer Item)[]
    ? readonly Json<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Json<Value[Key]> }
      : Value;

type Answer<Method extends (...given: never[]) => Promise<unknown>> = Json<Awaited<ReturnType<Method>>>;

declare const item: Json<ServerItem>;
declare const feed: Answer<Tidings["feed"]>;
declare const groups: Answer<Tidings["groupedFeed"]>;
declare const members: Answer<Tidings["group"]>;
declare const facets: Answer<Tidings["facets"]>;
declare const days: Answer<Tidings["days"]>;
declare const unread: Answer<Tidings["unread"]>;

export const known = {
  item: item satisfies wire.FeedItem,
  feed: feed satisfies wire.FeedPage,
  groups: groups satisfies wire.GroupPage,
  members: members satisfies wire.GroupMembersPage,
  facets: facets satisfies wire.Facets,
  days: days satisfies wire.DaysPage,
  unread: unread satisfies wire.Unread,
};
