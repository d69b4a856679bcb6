import { useEffect, useState } from "react";
import type { Arrival } from "./arrival.ts";

const KEPT = 50;

/**
 * What came in at the bundled receiver, the newest first. The stream is open only while the window is looked at: a browser opens six
 * connections to one host, and every window has one for the feed already.
 */
export function useArrivals(): readonly Arrival[] {
  const [arrivals, setArrivals] = useState<readonly Arrival[]>([]);
  useEffect(() => {
    let source: EventSource | undefined;
    const follow = () => {
      if (document.hidden) {
        source?.close();
        source = undefined;
      } else if (!source) {
        source = new EventSource("/api/webhooks/receiver/arrivals");
        source.addEventListener("arrivals", (message: MessageEvent<string>) => {
          const came = JSON.parse(message.data) as Arrival[];
          setArrivals((before) => merged(before, came));
        });
      }
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      source?.close();
    };
  }, []);
  return arrivals;
}

/** A stream begins with what is known; the time tells the arrivals of a receiver that was started anew from those before. */
function merged(before: readonly Arrival[], came: readonly Arrival[]): readonly Arrival[] {
  const known = new Set(before.map(keyOf));
  const fresh = came.filter((arrival) => !known.has(keyOf(arrival)));
  if (fresh.length === 0) return before;
  return [...before, ...fresh].toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, KEPT);
}

export function keyOf({ at, number }: Arrival): string {
  return `${at} ${number}`;
}
