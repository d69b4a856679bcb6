import { useSyncExternalStore } from "react";

/** The address of the page: what is open and who looks is written there, so that back, reload and links work. */
export interface Place {
  readonly cardId: number | null;
  readonly personId: string | null;
  readonly activityOpen: boolean;
  readonly webhooksOpen: boolean;
  readonly arrivalsOpen: boolean;
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
export function addressOf({ cardId, personId, ...open }: Partial<Place>): string {
  const query = new URLSearchParams();
  if (personId) query.set("as", personId);
  if (open.activityOpen) query.set("activity", "open");
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
    webhooksOpen: searchParams.get("webhooks") === "open",
    arrivalsOpen: searchParams.get("arrivals") === "open",
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
