import { useSyncExternalStore } from "react";
import type { FeedFilter } from "tidings/react";

/** The address of the page: what is open and who looks is written there, so that back, reload and links work. */
export interface Place {
  readonly cardId: number | null;
  readonly personId: string | null;
  readonly activityOpen: boolean;
  readonly feedView: FeedViewName;
  readonly feedFilter: FeedFilter;
  readonly feedToolsOpen: boolean;
  readonly progressOpen: boolean;
  readonly webhooksOpen: boolean;
  readonly arrivalsOpen: boolean;
}

const feedViews = ["lines", "groups", "days"] as const;
export type FeedViewName = (typeof feedViews)[number];

const CHANGED = "place-changed";

export function usePlace(): Place {
  const address = useSyncExternalStore(onChange, () => location.pathname + location.search);
  return readPlace(new URL(address, location.origin));
}

export function goTo(change: Partial<Place>): void {
  const next = { ...readPlace(new URL(location.href)), ...change };
  history.pushState(null, "", addressOf(next));
  dispatchEvent(new Event(CHANGED));
}

/** The address that `goTo` would lead to. */
export function addressOf({ cardId, personId, feedView, feedFilter, ...open }: Partial<Place>): string {
  const query = new URLSearchParams();
  if (personId) query.set("as", personId);
  if (feedView && feedView !== "lines") query.set("view", feedView);
  for (const type of feedFilter?.types ?? []) query.append("type", type);
  for (const actor of feedFilter?.actors ?? []) query.append("actor", actor);
  if (feedFilter?.since) query.set("since", feedFilter.since);
  if (feedFilter?.until) query.set("until", feedFilter.until);
  if (open.feedToolsOpen) query.set("filters", "open");
  if (open.activityOpen) query.set("activity", "open");
  if (open.progressOpen) query.set("progress", "open");
  if (open.webhooksOpen) query.set("webhooks", "open");
  if (open.arrivalsOpen) query.set("arrivals", "open");
  return `${cardId == null ? "/" : `/cards/${cardId}`}${query.size > 0 ? `?${query}` : ""}`;
}

function readPlace({ pathname, searchParams }: URL): Place {
  const card = /^\/cards\/(\d+)$/.exec(pathname);
  return {
    cardId: card ? Number(card[1]) : null,
    personId: searchParams.get("as"),
    activityOpen: searchParams.get("activity") === "open",
    feedView: feedViews.find((name) => name === searchParams.get("view")) ?? "lines",
    feedFilter: {
      types: listOf(searchParams, "type"),
      actors: listOf(searchParams, "actor"),
      since: searchParams.get("since") ?? undefined,
      until: searchParams.get("until") ?? undefined,
    },
    feedToolsOpen: searchParams.get("filters") === "open",
    progressOpen: searchParams.get("progress") === "open",
    webhooksOpen: searchParams.get("webhooks") === "open",
    arrivalsOpen: searchParams.get("arrivals") === "open",
  };
}

function listOf(query: URLSearchParams, name: string): readonly string[] | undefined {
  const values = query.getAll(name);
  return values.length > 0 ? values : undefined;
}

function onChange(notify: () => void): () => void {
  addEventListener("popstate", notify);
  addEventListener(CHANGED, notify);
  return () => {
    removeEventListener("popstate", notify);
    removeEventListener(CHANGED, notify);
  };
}
