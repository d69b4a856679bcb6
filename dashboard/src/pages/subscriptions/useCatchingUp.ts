import { useEffect, useState } from "react";
import type { Subscription } from "../../dashboardApi/subscriptions.ts";

/** How fast a subscription comes nearer to the end of the log, as this page has seen it between its last looks. */
export interface CatchingUp {
  /** Events a second; new ones are taken off. */
  readonly perSecond: number;
  readonly leftMs: number;
}

interface Look {
  readonly at: number;
  readonly behind: number;
}

/** Over so many looks the rate is taken: fewer would jump, more would lag. */
const LOOKS = 6;

/** Null while it is not behind, falls further behind, or has not been looked at twice. */
export function useCatchingUp({ behind, slots }: Subscription): CatchingUp | null {
  const [looks, setLooks] = useState<readonly Look[]>([]);
  const position = slots.reduce((sum, slot) => sum + slot.position, 0);
  useEffect(() => {
    setLooks((earlier) => (behind === 0 ? [] : [...earlier.slice(1 - LOOKS), { at: Date.now(), behind }]));
  }, [behind, position]);
  const [first] = looks;
  const last = looks.at(-1);
  if (first === undefined || last === undefined || first.behind <= last.behind) return null;
  const perSecond = ((first.behind - last.behind) * 1_000) / (last.at - first.at);
  return { perSecond, leftMs: (last.behind / perSecond) * 1_000 };
}
