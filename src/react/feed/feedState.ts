import type { RequestFailed } from "../client/requestFailed.ts";
import type { FeedItem, LiveItem, ReadMark } from "../wire.ts";
import { entriesOf, isGroup, newestIdOf, type AnyPage, type Entry } from "./entry.ts";
import { hasEvent, mergeEntries, mergeHead } from "./mergeEntries.ts";

export type FeedStatus =
  "loading" | "ready" | "loading-older" | "loading-newer" | "failed" | "older-failed" | "newer-failed";

export interface FeedState {
  /** Newest first, without gaps. */
  readonly entries: readonly Entry[];
  /** Arrived while the reader was further down: shown when they ask, because content must not jump. Newest first. */
  readonly held: readonly FeedItem[];
  /** Arrived since the feed was opened: these fade in. */
  readonly arrived: ReadonlySet<string>;
  readonly older: string | null;
  /** Where newer ones begin that are not loaded, or null when the newest are shown. */
  readonly newer: string | null;
  readonly status: FeedStatus;
  readonly failure: RequestFailed | null;
  /** Of the first page: the live stream begins there. Null until it is read. */
  readonly position: number | null;
  /** The latest position that is shown: marks go no further. */
  readonly shownUpTo: number;
  /** How far the reader had come when the feed was opened, or null without marks. */
  readonly mark: ReadMark | null;
  readonly locale: string | undefined;
  readonly dir: "ltr" | "rtl" | undefined;
}

export type FeedAction =
  | { readonly kind: "load" }
  | { readonly kind: "loaded"; readonly page: AnyPage; readonly startedAt: string | undefined }
  | { readonly kind: "load-older" }
  | { readonly kind: "loaded-older"; readonly page: AnyPage }
  | { readonly kind: "load-newer" }
  | { readonly kind: "loaded-newer"; readonly page: AnyPage; readonly isLast: boolean }
  | { readonly kind: "failed"; readonly failure: RequestFailed }
  | { readonly kind: "arrived"; readonly item: LiveItem; readonly hold: boolean }
  | { readonly kind: "held"; readonly item: LiveItem }
  | { readonly kind: "head"; readonly page: AnyPage; readonly hold: boolean }
  | { readonly kind: "release" }
  | { readonly kind: "read"; readonly ids: ReadonlySet<string> | "all" };

export const emptyFeed: FeedState = {
  entries: [],
  held: [],
  arrived: new Set(),
  older: null,
  newer: null,
  status: "loading",
  failure: null,
  position: null,
  shownUpTo: 0,
  mark: null,
  locale: undefined,
  dir: undefined,
};

export function feedReducer(state: FeedState, action: FeedAction): FeedState {
  switch (action.kind) {
    case "load":
      return { ...state, status: "loading", failure: null };
    case "loaded":
      return firstPage(action.page, action.startedAt);
    case "load-older":
      return { ...state, status: "loading-older", failure: null };
    case "loaded-older": {
      const entries = mergeEntries(state.entries, entriesOf(action.page));
      return { ...state, entries, older: action.page.older, status: "ready" };
    }
    case "load-newer":
      return { ...state, status: "loading-newer", failure: null };
    case "loaded-newer": {
      const { page, isLast } = action;
      const entries = mergeEntries(entriesOf(page), state.entries);
      const newer = isLast ? null : page.newer;
      const shown = isLast ? { shownUpTo: Math.max(state.shownUpTo, page.position) } : {};
      return { ...state, ...shown, entries, newer, status: "ready" };
    }
    case "failed":
      return { ...state, failure: action.failure, status: failedFrom[state.status] ?? "failed" };
    case "arrived":
      return arrive(state, action.item, action.hold);
    case "held":
      return hold(state, action.item);
    case "head":
      return newHead(state, action.page, action.hold);
    case "release":
      return state.held.length === 0 ? state : show(state, state.held);
    case "read":
      return { ...state, entries: state.entries.map((entry) => readIn(entry, action.ids)) };
  }
}

const failedFrom: { readonly [status in FeedStatus]?: FeedStatus } = {
  "loading-older": "older-failed",
  "loading-newer": "newer-failed",
};

function firstPage(page: AnyPage, startedAt: string | undefined): FeedState {
  return {
    ...emptyFeed,
    entries: mergeEntries(entriesOf(page)),
    older: page.older,
    // Begun somewhere in the past: there may be newer ones.
    newer: startedAt === undefined ? null : page.newer,
    status: "ready",
    position: page.position,
    shownUpTo: startedAt === undefined ? page.position : 0,
    mark: page.mark ?? null,
    locale: page.locale,
    dir: page.dir,
  };
}

function arrive(state: FeedState, item: LiveItem, mustHold: boolean): FeedState {
  if (isBelow(state, item)) return state;
  if (mustHold || state.newer !== null) return hold(state, item);
  return show(state, [item]);
}

function hold(state: FeedState, item: LiveItem): FeedState {
  if (isBelow(state, item) || hasEvent(state.entries, item.id) || hasEvent(state.held, item.id)) return state;
  return { ...state, held: mergeEntries([item], state.held) as readonly FeedItem[] };
}

function show(state: FeedState, items: readonly FeedItem[]): FeedState {
  const fresh = items.filter(({ id }) => !hasEvent(state.entries, id));
  const positions = items.map((item) => (item as Partial<LiveItem>).position ?? 0);
  const marked = fresh.map((item) => (state.mark === null ? item : { unread: true, unseen: true, ...item }));
  return {
    ...state,
    entries: mergeEntries(marked, state.entries),
    held: items === state.held ? [] : state.held,
    arrived: withAll(state.arrived, fresh),
    shownUpTo: Math.max(state.shownUpTo, ...positions),
  };
}

function newHead(state: FeedState, page: AnyPage, mustHold: boolean): FeedState {
  const known = new Map(state.entries.map((entry) => [entry.id, newestIdOf(entry)]));
  const fresh = entriesOf(page).filter((entry) => known.get(entry.id) !== newestIdOf(entry));
  if (mustHold && !("groups" in page)) {
    const items = fresh.filter((entry): entry is FeedItem => !isGroup(entry));
    const above = items.filter((item) => !isBelow(state, item));
    return { ...state, held: mergeEntries(above, state.held) as readonly FeedItem[] };
  }
  return {
    ...state,
    entries: mergeHead(state.entries, page),
    held: "groups" in page ? [] : state.held,
    arrived: withAll(state.arrived, fresh),
    shownUpTo: Math.max(state.shownUpTo, page.position),
  };
}

/** An event of long ago comes with its own page: shown now, there would be a gap above it. */
function isBelow({ entries, older }: FeedState, { id }: FeedItem): boolean {
  const last = entries.at(-1);
  return older !== null && last !== undefined && id < last.id;
}

function readIn(entry: Entry, ids: ReadonlySet<string> | "all"): Entry {
  if (!entry.unread || (ids !== "all" && !ids.has(entry.id))) return entry;
  return isGroup(entry) ? { ...entry, unread: 0 } : { ...entry, unread: false };
}

function withAll(arrived: ReadonlySet<string>, entries: readonly Entry[]): ReadonlySet<string> {
  return entries.length === 0 ? arrived : new Set([...arrived, ...entries.map(({ id }) => id)]);
}
