import type { FeedFilter } from "./filter.ts";

/** What comes over HTTP. Written by hand: no code of the server comes here; test/types compares it with the server's schemas. */

export interface EntityRef {
  readonly type: string;
  readonly id: string;
  /** Its name as it was, or null where none was recorded. */
  readonly label: string | null;
}

export interface FeedEntity extends EntityRef {
  /** Where it is seen, or null. */
  readonly url: string | null;
  /** True when the app says that it is gone. */
  readonly deleted: boolean;
}

export interface SentencePart {
  readonly text: string;
  readonly entity?: EntityRef | undefined;
  readonly url?: string | undefined;
  /** True for the actor: "You" when the reader is the one. */
  readonly isActor?: boolean | undefined;
  /** What the reader is called here, where that is not "You", "you" or "yourself". */
  readonly forReader?: string | undefined;
  /** Instead of `text` where the reader is the actor: "hast" for "hat". */
  readonly forActor?: string | undefined;
}

export type Lane = "domain" | "change" | "client" | "system";
export type Severity = "info" | "warning" | "error";
export type ActionKind = "create" | "update" | "destroy" | "upsert";

/** One line of a feed. `unread` and `unseen` come only where marks were asked for. */
export interface FeedItem {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly category: string;
  readonly lane: Lane;
  readonly severity: Severity;
  readonly actor: FeedEntity;
  readonly onBehalfOf: FeedEntity | null;
  readonly subject: FeedEntity;
  /** ISO 8601. */
  readonly occurredAt: string;
  /** A Lucide icon name. */
  readonly icon: string;
  readonly url: string | null;
  /** True when `url` leads somewhere and the subject still exists. */
  readonly actionable: boolean;
  readonly sentence: readonly SentencePart[];
  readonly text: string;
  readonly unread?: boolean | undefined;
  readonly unseen?: boolean | undefined;
}

/** As the live stream brings it: with its place in the log. */
export interface LiveItem extends FeedItem {
  readonly position: number;
}

/** Several events told as one line. Its id is that of its oldest event, so it stays while the group grows. */
export interface FeedGroup {
  readonly id: string;
  /** What its events have in common; null for a line of its own. */
  readonly key: string | null;
  readonly count: number;
  /** True when the page ended inside the group: the next page goes on with the rest. */
  readonly continues: boolean;
  /** The latest three. */
  readonly actors: readonly FeedEntity[];
  readonly actorCount: number;
  readonly subjects: readonly FeedEntity[];
  readonly subjectCount: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly sentence: readonly SentencePart[];
  readonly text: string;
  readonly icon: string;
  readonly url: string | null;
  readonly latest: FeedItem;
  /** How many of its events were not read yet. */
  readonly unread?: number | undefined;
  readonly unseen?: boolean | undefined;
}

/** How far a reader has come: positions of the log. */
export interface ReadMark {
  readonly seen: number;
  readonly read: number;
}

interface Page {
  /** Cursor of the next older page, or null at the beginning of time. */
  readonly older: string | null;
  readonly newer: string | null;
  /** Where the log ended before the page was read: the live stream goes on from there. */
  readonly position: number;
  readonly locale?: string | undefined;
  readonly dir?: "ltr" | "rtl" | undefined;
  readonly mark?: ReadMark | null | undefined;
}

export interface FeedPage extends Page {
  readonly items: readonly FeedItem[];
}

export interface GroupPage extends Page {
  readonly groups: readonly FeedGroup[];
}

export interface GroupMembersPage {
  readonly group: FeedGroup;
  readonly items: readonly FeedItem[];
  readonly older: string | null;
}

export interface Facets {
  readonly types: readonly { readonly type: string; readonly count: number }[];
  readonly actors: readonly { readonly actor: EntityRef; readonly count: number }[];
  /** Of recording, as `since` and `until` are. */
  readonly days: readonly { readonly date: string; readonly count: number }[];
  /** How many events were looked at. */
  readonly events: number;
  /** False when there are more than were looked at: then the counts are of the newest. */
  readonly complete: boolean;
}

export type Phase = "added" | "updated" | "done";

export interface DayColumn {
  readonly items: readonly FeedItem[];
  /** How many more the day has in this column; 900 stands for 900 or more. */
  readonly hidden: number;
}

export interface Day {
  /** `2026-11-20`, in the time zone that was asked for. The day of recording: an item's `occurredAt` may lie on another one. */
  readonly date: string;
  readonly columns: { readonly [phase in Phase]: DayColumn };
}

export interface DaysPage {
  readonly days: readonly Day[];
  readonly older: string | null;
  readonly position: number;
  readonly timeZone: string;
  readonly locale?: string | undefined;
  readonly dir?: "ltr" | "rtl" | undefined;
}

export interface Unread {
  /** False for a reader who has no mark in this feed yet: nothing is unread to them. */
  readonly begun: boolean;
  readonly unread: number;
  readonly unseen: number;
  /** True when the numbers stop at the cap of 100: show "99+". */
  readonly capped: boolean;
}

export interface SavedFilter {
  readonly id: string;
  /** `type:id` of who made it. */
  readonly owner: string;
  /** Made by the one who asks, who alone may change it. */
  readonly own: boolean;
  readonly name: string;
  readonly filter: FeedFilter;
  /** Everybody in the account sees it. */
  readonly shared: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}
