import { useEffect, useMemo, useState } from "react";
import type { Delivery, DeliveryFilter, DeliveryPage } from "./api.ts";
import { asFailure, type RequestFailed } from "../shared/ask.ts";
import { useAsked } from "../shared/useAsked.ts";
import { sinceNames, type Place } from "./place.ts";
import { useWebhooks } from "./host.ts";

export interface Deliveries {
  readonly items: readonly Delivery[] | null;
  readonly failure: RequestFailed | null;
  readonly refresh: () => void;
  /** Null when there is nothing older. */
  readonly showOlder: (() => void) | null;
  readonly loadingOlder: boolean;
  readonly olderFailure: RequestFailed | null;
}

const REFRESH_MS = 4_000;
const NO_PAGES: readonly DeliveryPage[] = [];

/** The newest page, asked again all the time, and the older ones as far as the reader went down. */
export function useDeliveries(endpoint: string, place: Place): Deliveries {
  const { api } = useWebhooks();
  const { states, type, since } = place;
  const key = JSON.stringify([endpoint, states, type, since]);
  const filter = (): DeliveryFilter => ({
    states,
    type,
    since: since === null ? null : new Date(Date.now() - sinceNames[since]).toISOString(),
  });
  const first = useAsked(key, () => api.deliveries(endpoint, filter()), REFRESH_MS);
  const [older, setOlder] = useState<Older>({ key, pages: [], loading: false, failure: null });
  useEffect(() => setOlder({ key, pages: [], loading: false, failure: null }), [key]);

  const pages = older.key === key ? older.pages : NO_PAGES;
  const items = useMemo(
    () => (first.answer === null ? null : merged([first.answer, ...pages])),
    [first.answer, pages],
  );
  const last = pages.at(-1) ?? first.answer;
  const showOlder = async (before: string) => {
    setOlder((now) => ({ ...now, loading: true, failure: null }));
    try {
      const page = await api.deliveries(endpoint, filter(), before);
      setOlder((now) => (now.key === key ? { ...now, pages: [...now.pages, page], loading: false } : now));
    } catch (error) {
      setOlder((now) => ({ ...now, loading: false, failure: asFailure(error) }));
    }
  };
  return {
    items,
    failure: first.failure,
    refresh: first.refresh,
    showOlder: last?.older ? () => void showOlder(last.older!) : null,
    loadingOlder: older.loading,
    olderFailure: older.failure,
  };
}

interface Older {
  readonly key: string;
  readonly pages: readonly DeliveryPage[];
  readonly loading: boolean;
  readonly failure: RequestFailed | null;
}

/** Newest first, each once. What was read later is newer: the first page is asked again, the older ones are not. */
function merged(pages: readonly DeliveryPage[]): Delivery[] {
  const seen = new Map<string, Delivery>();
  for (const { items } of pages) for (const item of items) if (!seen.has(item.id)) seen.set(item.id, item);
  return [...seen.values()];
}
