import { useMemo, useSyncExternalStore } from "react";
import { pathSegment } from "../../../src/react/pathSegment.ts";
import { dashboardUrl } from "./base.ts";

/** Where the reader is: everything that the page shows follows from it, so that back, reload and links work. */
export interface Place {
  /** Below the dashboard, decoded: `/dashboard/webhooks/ep_1` is `["webhooks", "ep_1"]`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** Values to set; null or an empty list takes the key out. */
export type QueryChange = Readonly<Record<string, string | readonly string[] | null>>;

const CHANGED = "place-changed";

export function usePlace(): Place {
  const href = useSyncExternalStore(onChange, () => location.pathname + location.search);
  return useMemo(() => placeOf(href), [href]);
}

export function currentPlace(): Place {
  return placeOf(location.pathname + location.search);
}

/** The address of `path` (`["webhooks", id]`) with nothing but the given query. */
export function addressOf(path: readonly string[], query: QueryChange = {}): string {
  return dashboardUrl.pathname + path.map(pathSegment).join("/") + searchOf(query);
}

/** The present address with some of its query changed: what is open beside, or filtered. */
export function addressWith(change: QueryChange): string {
  return location.pathname + searchOf(change, new URLSearchParams(location.search));
}

/** To an address of the dashboard. `replace` where going back should not lead here again: a filter being typed. */
export function goTo(address: string, { replace = false } = {}): void {
  if (address === location.pathname + location.search) return;
  const from = location.pathname;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  dispatchEvent(new Event(CHANGED));
  if (location.pathname !== from) scrollTo(0, 0);
}

function searchOf(change: QueryChange, query = new URLSearchParams()): string {
  for (const [name, value] of Object.entries(change)) {
    query.delete(name);
    if (value === null) continue;
    for (const each of typeof value === "string" ? [value] : value) query.append(name, each);
  }
  // Legal in a query, and an entity's name stays readable: card:14.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

function placeOf(href: string): Place {
  const url = new URL(href, location.origin);
  const below = url.pathname.startsWith(dashboardUrl.pathname)
    ? url.pathname.slice(dashboardUrl.pathname.length)
    : "";
  return { path: below.split("/").filter(Boolean).map(decoded), query: url.searchParams };
}

/** What `pathSegment` wrote. An address that somebody typed may hold a lone percent sign. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replace(/^~(?=~*\.\.?$)/, "");
  } catch {
    return part;
  }
}

function onChange(notify: () => void): () => void {
  addEventListener("popstate", notify);
  addEventListener(CHANGED, notify);
  return () => {
    removeEventListener("popstate", notify);
    removeEventListener(CHANGED, notify);
  };
}
