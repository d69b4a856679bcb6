import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { RequestFailed } from "../client/requestFailed.ts";
import { filterQuery, joined, queryOf, type FeedFilter } from "../filter.ts";
import { useLiveHint } from "../live/useLiveHint.ts";
import { useTidings } from "../provider/useTidings.ts";
import { useHydrated } from "../time/useZone.ts";
import type { Day, DaysPage } from "../wire.ts";

export interface DaysOptions {
  /** Which events. Default: all of the lane `domain`. */
  filter?: FeedFilter | undefined;
  /** Days a request, 1 to 7. Default 3. */
  pageSize?: number | undefined;
  /** Follows what happens. Default true. */
  live?: boolean | undefined;
  /** The first page, read on the server for the provider's `timeZone`. */
  initialPage?: DaysPage | undefined;
}

export interface Days {
  /** Newest first; days without an event are left out. */
  readonly days: readonly Day[];
  readonly older: string | null;
  readonly status: "loading" | "ready" | "loading-older" | "failed";
  readonly failure: RequestFailed | null;
  readonly locale: string | undefined;
  readonly dir: "ltr" | "rtl" | undefined;
  readonly loadOlder: () => void;
  readonly retry: () => void;
  readonly filterQuery: string;
}

type State = Pick<Days, "days" | "older" | "status" | "failure" | "locale" | "dir">;

const NOTHING: State = {
  days: [],
  older: null,
  status: "loading",
  failure: null,
  locale: undefined,
  dir: undefined,
};
const NEWS_AFTER_MS = 500;

/** The days of a feed in the reader's zone, each in the columns added, updated and done. */
export function useDays({ filter, pageSize = 3, live = true, initialPage }: DaysOptions = {}): Days {
  const { client, timeZone } = useTidings();
  const isHydrated = useHydrated();
  const [state, setState] = useState<State>(() =>
    initialPage ? { ...NOTHING, ...loaded(initialPage) } : NOTHING,
  );
  const text = JSON.stringify(filter ?? {});
  const same = useMemo(() => JSON.parse(text) as FeedFilter, [text]);
  const zone = timeZone ?? (isHydrated ? Intl.DateTimeFormat().resolvedOptions().timeZone : undefined);
  const query = joined(filterQuery(same), queryOf({ timeZone: zone, limit: pageSize }));

  const running = useRef(new AbortController());
  const ask = useCallback(
    (cursor: string, take: (before: State, page: DaysPage) => State) => {
      running.current.abort();
      const { signal } = (running.current = new AbortController());
      client.get<DaysPage>("/feed/days", joined(query, cursor), signal).then(
        (page) => signal.aborted || setState((before) => take(before, page)),
        (failure: unknown) => {
          if (signal.aborted) return;
          if (!(failure instanceof RequestFailed)) throw failure;
          setState((before) => ({ ...before, status: "failed", failure }));
        },
      );
    },
    [client, query],
  );

  const load = useCallback(() => {
    setState((before) => ({ ...before, status: "loading", failure: null }));
    ask("", (_, page) => ({ ...NOTHING, ...loaded(page) }));
  }, [ask]);
  const loadOlder = useCallback(() => {
    const { older } = state;
    if (older === null || state.status === "loading-older") return;
    setState((before) => ({ ...before, status: "loading-older", failure: null }));
    ask(queryOf({ before: older }), (before, page) => ({
      ...before,
      ...loaded(page),
      days: [...before.days, ...page.days],
    }));
  }, [ask, state]);

  const given = useRef(initialPage === undefined ? null : load);
  useEffect(() => {
    if (zone !== undefined && given.current !== load) load();
    return () => running.current.abort();
  }, [load, zone]);
  useLiveHint(live && same.until === undefined ? same : null, NEWS_AFTER_MS, () => {
    if (state.status !== "loading-older") ask("", (before, page) => withNewest(before, page));
  });

  return {
    ...state,
    loadOlder,
    retry: state.days.length > 0 && state.older !== null ? loadOlder : load,
    filterQuery: filterQuery(same),
  };
}

function loaded({ days, older, locale, dir }: DaysPage): State {
  return { days, older, locale, dir, status: "ready", failure: null };
}

/** The newest days, read again; those before them stay as they are. */
function withNewest(before: State, page: DaysPage): State {
  const last = page.days.at(-1)?.date ?? "";
  const rest = before.days.filter(({ date }) => date < last);
  return {
    ...before,
    ...loaded(page),
    days: [...page.days, ...rest],
    older: rest.length > 0 ? before.older : page.older,
  };
}
