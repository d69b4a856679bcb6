import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTidings } from "../provider/useTidings.ts";
import type { LiveItem } from "../wire.ts";
import type { LiveStatus } from "./liveStream.ts";

export interface LiveOptions {
  /** Called with every event of the lane `domain`, each once, in the order of positions. Default: only the state is followed. */
  onItem?: ((item: LiveItem) => void) | undefined;
}

export interface Live {
  readonly status: LiveStatus;
  /** Tries at once instead of waiting. */
  readonly retry: () => void;
}

const OFF: LiveStatus = { state: "off" };

/** The provider's live connection: opens it, shares it with the feeds beneath the same provider, and tells how it is. */
export function useLive({ onItem }: LiveOptions = {}): Live {
  const { live } = useTidings().client;
  const status = useSyncExternalStore(live.onStatus, live.status, () => OFF);
  const latest = useRef(onItem);
  latest.current = onItem;
  const listens = onItem !== undefined;
  useEffect(
    () =>
      live.follow({
        filter: listens ? {} : null,
        after: null,
        onItem: (item) => latest.current?.(item),
        onLost: () => undefined,
      }),
    [live, listens],
  );
  return { status, retry: live.retry };
}
