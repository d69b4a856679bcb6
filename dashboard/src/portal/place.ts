import { useMemo, useSyncExternalStore } from "react";
import { detailIn, detailQuery, type Place } from "../webhooks/place.ts";

/** The portal has one path, wherever the app mounts it: all that is open stands in the query. */
export function usePlace(): Place {
  const search = useSyncExternalStore(onChange, () => location.search);
  return useMemo(() => readPlace(search), [search]);
}

export function addressOf({ endpoint, form, ...detail }: Place): string {
  const query = new URLSearchParams();
  if (endpoint !== null) query.set("endpoint", endpoint);
  if (form !== null) query.set("form", form);
  for (const [name, value] of detailQuery(detail)) query.append(name, value);
  return `${location.pathname}${query.size > 0 ? `?${query}` : ""}`;
}

export function go(address: string, { replace }: { readonly replace: boolean }): void {
  const from = readPlace(location.search);
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  dispatchEvent(new Event(CHANGED));
  const { endpoint, form } = readPlace(location.search);
  if (endpoint !== from.endpoint || form !== from.form) scrollTo(0, 0);
}

const CHANGED = "place-changed";

function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  const form = query.get("form");
  return {
    endpoint: query.get("endpoint"),
    form: form === "new" || form === "edit" ? form : null,
    ...detailIn(query),
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
