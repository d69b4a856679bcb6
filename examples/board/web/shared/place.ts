import { useSyncExternalStore } from "react";

/** The address of the page: what is open and who looks is written there, so that back, reload and links work. */
export interface Place {
  readonly cardId: number | null;
  readonly personId: string | null;
  readonly activityOpen: boolean;
}

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
export function addressOf({ cardId, personId, activityOpen }: Place): string {
  const query = new URLSearchParams();
  if (personId !== null) query.set("as", personId);
  if (activityOpen) query.set("activity", "open");
  return `${cardId === null ? "/" : `/cards/${cardId}`}${query.size > 0 ? `?${query}` : ""}`;
}

function readPlace({ pathname, searchParams }: URL): Place {
  const card = /^\/cards\/(\d+)$/.exec(pathname);
  return {
    cardId: card ? Number(card[1]) : null,
    personId: searchParams.get("as"),
    activityOpen: searchParams.get("activity") === "open",
  };
}

function onChange(notify: () => void): () => void {
  addEventListener("popstate", notify);
  addEventListener(CHANGED, notify);
  return () => {
    removeEventListener("popstate", notify);
    removeEventListener(CHANGED, notify);
  };
}
