import { eventTypes, type CatalogType } from "../../dashboardApi/catalog.ts";
import { readEventStats, type EventStats } from "../../dashboardApi/eventStats.ts";
import { readSubscriptions, type Subscription } from "../../dashboardApi/subscriptions.ts";
import { api } from "../../dashboardApi/webhooks.ts";
import { useIsOperator } from "../../frame/frameContext.ts";
import { asFailure, type RequestFailed } from "../../shared/ask.ts";
import { useAsked } from "../../shared/useAsked.ts";
import type { Endpoint } from "../../webhooks/api.ts";
import { matchesType } from "../../webhooks/typePatterns.ts";

export interface Catalog {
  /** Null while it is loaded. */
  readonly types: readonly CatalogType[] | null;
  readonly failure: RequestFailed | null;
  readonly refresh: () => void;
  /** Of the last 30 days, by type; null while it is counted. */
  readonly volume: EventStats | null;
  readonly readersOf: (type: CatalogType) => Readers;
}

export interface Readers {
  /** Null for those who may not see them, and while they are loaded. */
  readonly subscriptions: readonly Subscription[] | null;
  /** Null where webhooks are off. */
  readonly endpoints: readonly Endpoint[] | null;
}

const VOLUME_MS = 60_000;

export function useCatalog(): Catalog {
  const isOperator = useIsOperator();
  const { answer: types, failure, refresh } = useAsked("catalog", eventTypes);
  const { answer: volume } = useAsked(
    "volume",
    () => readEventStats({ by: "type", bucket: "day" }),
    VOLUME_MS,
  );
  const { answer: subscriptions } = useAsked(isOperator ? "readers" : null, readSubscriptions, VOLUME_MS);
  const { answer: endpoints } = useAsked("endpoints that take", endpointsOrNone, VOLUME_MS);
  return {
    types,
    failure,
    refresh,
    volume,
    readersOf: (type) => ({
      subscriptions: subscriptions?.filter((each) => takes(each, type)) ?? null,
      endpoints:
        endpoints?.filter((each) => type.webhook.length > 0 && matchesType(each.types, type.type)) ?? null,
    }),
  };
}

async function endpointsOrNone(): Promise<readonly Endpoint[] | null> {
  try {
    return await api.endpoints();
  } catch (error) {
    if (asFailure(error).code === "WEBHOOKS_OFF") return null;
    throw error;
  }
}

function takes({ takes: taken }: Subscription, { type, lane }: CatalogType): boolean {
  if (taken === null || !taken.lanes.includes(lane)) return false;
  return taken.types === null || taken.types.includes(type);
}
