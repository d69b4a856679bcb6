import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { RequestFailed } from "../client/requestFailed.ts";
import { filterQuery, queryOf, type FeedFilter } from "../filter.ts";
import { useTidings } from "../provider/useTidings.ts";
import { entriesOf, type AnyPage } from "./entry.ts";
import { emptyFeed, feedReducer, type FeedState } from "./feedState.ts";
import { useFeedMarks } from "./useFeedMarks.ts";
import { useFeedNews } from "./useFeedNews.ts";

export interface FeedOptions {
  /** Which events. Default: all of the lane `domain`, of a timeline all. Equal filters ask once, however often they are made anew. */
  filter?: FeedFilter | undefined;
  /** The timeline of one entity instead of the account's feed. */
  entity?: { readonly type: string; readonly id: string } | undefined;
  /** Tells what belongs together as one line. Default false; a timeline is never grouped. */
  grouped?: boolean | undefined;
  /** The name of the feed under which marks are kept: lines then know whether they are unread. Default: no marks. */
  marks?: string | undefined;
  /** Lines a request, 1 to 200. Default 50. */
  pageSize?: number | undefined;
  /** Follows what happens. Default true; a filter with `until` is never live. */
  live?: boolean | undefined;
  /** The first page, read on the server: shown at once, also without JavaScript. It must be of the same options. */
  initialPage?: AnyPage | undefined;
  /** Begins with what is older than this cursor; newer lines load above. Default: the newest. */
  startAt?: string | undefined;
}

export interface Feed extends FeedState {
  /** Asks again for what failed, with the same filter. */
  readonly retry: () => void;
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
  /** Shows what was held back. */
  readonly release: () => void;
  /** While true, what arrives is held back: the reader is further down. */
  readonly hold: (held: boolean) => void;
  /** Marks everything that is shown as read. Does nothing without `marks`. */
  readonly markAllRead: () => void;
  /** Marks single lines as read, by their ids. Does nothing without `marks`. */
  readonly markRead: (ids: readonly string[]) => void;
  readonly hasMarks: boolean;
  /** True while it has a filter: an empty answer then has another reason. */
  readonly isFiltered: boolean;
}

/** Pages of a feed both ways, with what happens meanwhile. Draw it with `<FeedView feed={feed} />` or by yourself. */
export function useFeed(options: FeedOptions = {}): Feed {
  const { client, locale } = useTidings();
  const { pageSize = 50, marks } = options;
  const [startAt, setStartAt] = useState(options.startAt);
  const source = useSource(options, locale);
  const { path, query } = source;
  const [state, dispatch] = useReducer(feedReducer, options.initialPage, (page) =>
    page === undefined ? emptyFeed : feedReducer(emptyFeed, { kind: "loaded", page, startedAt: startAt }),
  );

  const read = useCallback(
    (cursor: string, signal?: AbortSignal) =>
      client.get<AnyPage>(path, [query, `limit=${pageSize}`, cursor].filter(Boolean).join("&"), signal),
    [client, path, query, pageSize],
  );

  const fail = useCallback((error: unknown, signal: AbortSignal) => {
    if (signal.aborted) return;
    if (!(error instanceof RequestFailed)) throw error;
    dispatch({ kind: "failed", failure: error });
  }, []);

  // One request at a time: another filter or another direction gives up the one that runs.
  const running = useRef(new AbortController());
  const start = useCallback(() => {
    running.current.abort();
    return (running.current = new AbortController()).signal;
  }, []);

  const load = useCallback(() => {
    const signal = start();
    dispatch({ kind: "load" });
    read(queryOf({ before: startAt }), signal).then(
      (page) => signal.aborted || dispatch({ kind: "loaded", page, startedAt: startAt }),
      (error: unknown) => fail(error, signal),
    );
  }, [start, read, startAt, fail]);

  const given = useRef(options.initialPage === undefined ? null : load);
  useEffect(() => {
    if (given.current !== load) load();
    return () => running.current.abort();
  }, [load]);

  const { older, newer, status } = state;
  const isIdle = status === "ready" || status.endsWith("-failed");
  const loadOlder = useCallback(() => {
    if (older === null || !isIdle) return;
    const signal = start();
    dispatch({ kind: "load-older" });
    read(queryOf({ before: older }), signal).then(
      (page) => signal.aborted || dispatch({ kind: "loaded-older", page }),
      (error: unknown) => fail(error, signal),
    );
  }, [older, isIdle, start, read, fail]);
  const loadNewer = useCallback(() => {
    if (newer === null || !isIdle) return;
    const signal = start();
    dispatch({ kind: "load-newer" });
    read(queryOf({ after: newer }), signal).then(
      (page) =>
        signal.aborted || dispatch({ kind: "loaded-newer", page, isLast: entriesOf(page).length < pageSize }),
      (error: unknown) => fail(error, signal),
    );
  }, [newer, isIdle, start, read, fail, pageSize]);

  const goToNewest = useCallback(() => setStartAt(undefined), []);
  const news = useFeedNews(state, dispatch, { ...source, read, load, goToNewest });
  const marking = useFeedMarks(state, dispatch, marks);

  const retry = status === "older-failed" ? loadOlder : status === "newer-failed" ? loadNewer : load;
  return { ...state, ...news, ...marking, retry, loadOlder, loadNewer, isFiltered: source.isFiltered };
}

export interface FeedSource {
  readonly path: string;
  readonly query: string;
  /** What the live stream must carry, or null where the feed is not live. Keeps its identity while it says the same. */
  readonly liveFilter: FeedFilter | null;
  readonly isFiltered: boolean;
}

function useSource(options: FeedOptions, locale: string | undefined): FeedSource {
  const { entity, grouped = false, marks, live = true } = options;
  // By its text: a filter that is made anew with every render is the same filter.
  const filterText = JSON.stringify(options.filter ?? {});
  const filter = useMemo(() => JSON.parse(filterText) as FeedFilter, [filterText]);
  const entityKey = entity && `${entity.type}:${entity.id}`;
  const liveFilter = useMemo(() => {
    if (!live || filter.until !== undefined) return null;
    return entityKey === undefined ? filter : { lanes: allLanes, ...filter, of: [entityKey] };
  }, [live, filter, entityKey]);
  const filtering = filterQuery(filter);
  const path = entity
    ? `/timeline/${encodeURIComponent(entity.type)}/${encodeURIComponent(entity.id)}`
    : grouped
      ? "/feed/groups"
      : "/feed";
  const query = [filtering, queryOf({ locale, marks })].filter(Boolean).join("&");
  return { path, query, liveFilter, isFiltered: filtering !== "" };
}

const allLanes = ["domain", "change", "client", "system"] as const;
