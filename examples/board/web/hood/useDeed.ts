import { useCallback, useRef, useState } from "react";
import { useLive } from "tidings/react";
import { asFailure, type RequestFailed } from "../../../../dashboard/src/shared/ask.ts";
import type { Change } from "../../domain/change.ts";
import { request } from "../shared/request.ts";

/** The last thing that this window did, as far as it has come. */
export type Deed =
  | { readonly state: "none" }
  | { readonly state: "unchanged" }
  | { readonly state: "failed"; readonly failure: RequestFailed }
  | { readonly state: "recorded"; readonly change: Change; readonly answeredAt: number }
  | { readonly state: "seen"; readonly change: Change; readonly position: number; readonly afterMs: number };

/** Posts to a route of the app; resolves to null when it was refused, which the strip then tells. */
export type Act = <Result extends Change>(path: string, body?: object) => Promise<Result | null>;

interface Arrival {
  readonly position: number;
  readonly at: number;
}

/** Enough for the events that can overtake the answer to the request that caused them. */
const REMEMBERED = 100;

/**
 * Performs actions and follows each one to its end: the transaction, the event, its position, and the time from the
 * answer of the request to the event's arrival on the live stream.
 */
export function useDeed(personId: string): { deed: Deed; act: Act } {
  const [deed, setDeed] = useState<Deed>({ state: "none" });
  const arrivals = useRef(new Map<string, Arrival>());

  useLive({
    onItem({ id, position }) {
      const known = arrivals.current;
      known.set(id, { position, at: performance.now() });
      if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
      setDeed((last) => (last.state === "recorded" ? followed(last, known) : last));
    },
  });

  const act: Act = useCallback(
    async <Result extends Change>(path: string, body: object = {}) => {
      try {
        const change = await request<Result>(path, personId, body);
        const answeredAt = performance.now();
        setDeed(
          change.recorded.length === 0
            ? { state: "unchanged" }
            : followed({ state: "recorded", change, answeredAt }, arrivals.current),
        );
        return change;
      } catch (error) {
        setDeed({ state: "failed", failure: asFailure(error) });
        return null;
      }
    },
    [personId],
  );

  return { deed, act };
}

/** The last event of the change stands for all: they commit together and get their positions together. */
function followed(deed: Deed & { state: "recorded" }, arrivals: ReadonlyMap<string, Arrival>): Deed {
  const arrival = arrivals.get(deed.change.recorded.at(-1)!.id);
  if (arrival === undefined) return deed;
  const afterMs = Math.max(0, Math.round(arrival.at - deed.answeredAt));
  return { state: "seen", change: deed.change, position: arrival.position, afterMs };
}
