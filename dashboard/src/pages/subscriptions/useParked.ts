import { useEffect, useState } from "react";
import { readParked, type ParkedEvent, type ParkedPage } from "../../dashboardApi/subscriptions.ts";
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
  const first = useAsked(`parked of ${name}`, () => readParked(name, 0, limit), REFRESH_MS);
  const { refresh } = first;
  useEffect(() => {
    if (limit > PAGE) refresh();
  }, [limit, refresh]);
  const firstNext = first.answer?.next ?? null;
  const next = firstNext !== null && more ? more.next : firstNext;
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
    items: first.answer && [...first.answer.items, ...beyond(first.answer, more)],
    failure: first.failure,
    refresh,
    showMore: next === null ? null : () => void showMore(next),
    moreFailure,
  };
}

/** Those that were read after the first page and are not on it by now: as some are handled, others move up. */
function beyond({ items, next }: ParkedPage, more: More | null): readonly ParkedEvent[] {
  const last = items.at(-1)?.position;
  if (next === null || last === undefined) return [];
  return more?.items.filter(({ position }) => position > last) ?? [];
}
