import { useSyncExternalStore } from "react";
import { deliveryStates, type DeliveryState } from "../api.ts";

/** The query of the address: what is open and how it is filtered, so that back, reload and links work. */
export interface Place {
  readonly endpoint: string | null;
  readonly delivery: string | null;
  readonly form: "new" | "edit" | null;
  readonly states: readonly DeliveryState[];
  readonly type: string | null;
  readonly since: SinceName | null;
}

/** How far back deliveries are shown, in milliseconds. */
export const sinceNames = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000 } as const;
export type SinceName = keyof typeof sinceNames;

const start: Place = { endpoint: null, delivery: null, form: null, states: [], type: null, since: null };
const CHANGED = "place-changed";

export function usePlace(): Place {
  return readPlace(useSyncExternalStore(onChange, () => location.search));
}

/** Within an endpoint: keeps what is not named. `replace` where going back should not lead here again. */
export function goTo(change: Partial<Place>, { replace = false } = {}): void {
  const address = addressOf({ ...readPlace(location.search), ...change });
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  dispatchEvent(new Event(CHANGED));
}

/** To another page: filters and what was open there do not come along. */
export function leaveFor(place: Partial<Place>): void {
  history.pushState(null, "", addressOf({ ...start, ...place }));
  dispatchEvent(new Event(CHANGED));
  scrollTo(0, 0);
}

export function addressOf(place: Partial<Place>): string {
  const { endpoint, delivery, form, states, type, since } = { ...start, ...place };
  const query = new URLSearchParams();
  if (endpoint !== null) query.set("endpoint", endpoint);
  if (form !== null) query.set("form", form);
  for (const state of states) query.append("state", state);
  if (type !== null) query.set("type", type);
  if (since !== null) query.set("since", since);
  if (delivery !== null) query.set("delivery", delivery);
  return `${location.pathname}${query.size > 0 ? `?${query}` : ""}`;
}

function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  const form = query.get("form");
  const since = query.get("since");
  return {
    endpoint: query.get("endpoint"),
    delivery: query.get("delivery"),
    form: form === "new" || form === "edit" ? form : null,
    states: deliveryStates.filter((state) => query.getAll("state").includes(state)),
    type: query.get("type"),
    since: since !== null && Object.hasOwn(sinceNames, since) ? (since as SinceName) : null,
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
