import { useEffect, useRef } from "react";
import type { FeedFilter } from "../filter.ts";
import { useTidings } from "../provider/useTidings.ts";

/** Calls back some time after an event that may match; a burst once. Null follows nothing. `filter` keeps its identity while it says the same. */
export function useLiveHint(filter: FeedFilter | null, afterMs: number, tell: () => void): void {
  const { live } = useTidings().client;
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(() => {
    if (filter === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        latest.current();
      }, afterMs);
    };
    const leave = live.follow({ filter, after: null, onItem: soon, onLost: soon });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [live, filter, afterMs]);
}
