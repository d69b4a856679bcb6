import { useSyncExternalStore } from "react";

const TICK_MS = 10_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let moment: number | null = null;

/**
 * A value made from the present moment, made anew every ten seconds by one timer for the whole page; the component
 * renders again only when it has changed. Null on the server and while hydrating: a server's clock, zone and Intl
 * data are not the reader's, and what differs would be a hydration warning.
 */
export function useNow<Value extends string | number>(make: (now: number) => Value): Value | null {
  return useSyncExternalStore<Value | null>(
    subscribe,
    () => make(presentMoment()),
    () => null,
  );
}

/**
 * The same moment until the task that asks is done: React reads a store twice while it renders, and a minute that
 * ends between the two would be a store that never holds still.
 */
export function presentMoment(): number {
  if (moment === null) {
    moment = Date.now();
    queueMicrotask(() => {
      moment = null;
    });
  }
  return moment;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((each) => each()), TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
