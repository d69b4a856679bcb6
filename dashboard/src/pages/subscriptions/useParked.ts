import { useState } from "react";
import { readParked, type ParkedEvent } from "../../dashboardApi/subscriptions.ts";
import { asFailure, type RequestFailed } from "../../shared/ask.ts";
import { useAsked } from "../../shared/useAsked.ts";

const REFRESH_MS = 2_000;
const PAGE = 50;
/** As many as the API gives at once. */
const MOST = 200;

export interface Parked {
  readonly items: readonly ParkedEvent[] | null;
  readonly failure: RequestFailed | null;
  readonly refresh: () => void;
  /** Null when there are no more. */
  readonly showMore: (() => void) | null;
  readonly moreFailure: RequestFailed | null;
}

interface More {
  readonly items: readonly ParkedEvent[];
  readonly next: number | null;
}

/** The first of them, asked again all the time, up to 200; those beyond once, as far as the reader went down. */
export function useParked(name: string): Parked {
  const [limit, setLimit] = useState(PAGE);
  const [more, setMore] = useState<More | null>(null);
  const [moreFailure, setMoreFailure] = useState<RequestFailed | null>(null);
  const first = useAsked(`parked of ${name}, ${limit}`, () => readParked(name, 0, limit), REFRESH_MS);
  const next = more ? more.next : (first.answer?.next ?? null);
  const showMore = async (after: number) => {
    if (limit < MOST) return setLimit(Math.min(MOST, limit * 2));
    try {
      const page = await readParked(name, after, MOST);
      setMore((now) => ({ items: [...(now?.items ?? []), ...page.items], next: page.next }));
      setMoreFailure(null);
    } catch (error) {
      setMoreFailure(asFailure(error));
    }
  };
  return {
    items: first.answer && [...first.answer.items, ...(more?.items ?? [])],
    failure: first.failure,
    refresh: first.refresh,
    showMore: next === null ? null : () => void showMore(next),
    moreFailure,
  };
}
