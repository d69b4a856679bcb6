import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { RequestFailed } from "../client/requestFailed.ts";
import { entityKey } from "../entityKey.ts";
import { filterQuery as queryOfFilter, joined, queryOf, type FeedFilter } from "../filter.ts";
import { pathSegment } from "../pathSegment.ts";
import { useTidings } from "../provider/useTidings.ts";
import { entriesOf, type AnyPage } from "./entry.ts";
import { emptyFeed, feedReducer, type FeedAction, type FeedState } from "./feedState.ts";
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
  /** The filter as it is asked for; empty where there is none. */
  readonly filterQuery: string;
}

/** Pages of a feed both ways, with what happens meanwhile. Draw it with `<FeedView feed={feed} />` or by yourself. */
export function useFeed(options: FeedOptions = {}): Feed {
  const { client } = useTidings();
  const { pageSize = 50, marks } = options;
  const [startAt, setStartAt] = useState(options.startAt);
  const source = useSource(options);
  const { path, query } = source;
  const [state, dispatch] = useReducer(feedReducer, options.initialPage, (page) =>
    page === undefined ? emptyFeed : feedReducer(emptyFeed, { kind: "loaded", page, startedAt: startAt }),
  );

  const read = useCallback(
    (cursor: string, signal?: AbortSignal) =>
      client.get<AnyPage>(path, joined(query, queryOf({ limit: pageSize }), cursor), signal),
    [client, path, query, pageSize],
  );

  // One request at a time: another filter or another direction gives up the one that runs.
  const running = useRef(new AbortController());
  const ask = useCallback(
    (cursor: string, begin: FeedAction, end: (page: AnyPage) => FeedAction) => {
      running.current.abort();
      const { signal } = (running.current = new AbortController());
      dispatch(begin);
      read(cursor, signal).then(
        (page) => signal.aborted || dispatch(end(page)),
        (error: unknown) => {
          if (signal.aborted) return;
          if (!(error instanceof RequestFailed)) throw error;
          dispatch({ kind: "failed", failure: error });
        },
      );
    },
    [read],
  );

  const load = useCallback(
    () =>
      ask(queryOf({ before: startAt }), { kind: "load" }, (page) => ({
        kind: "loaded",
        page,
        startedAt: startAt,
      })),
    [ask, startAt],
  );

  const given = useRef(options.initialPage === undefined ? null : load);
  useEffect(() => {
    if (given.current !== load) load();
    return () => running.current.abort();
  }, [load]);

  const { older, newer, status } = state;
  const isIdle = status === "ready" || status.endsWith("-failed");
  const loadOlder = useCallback(() => {
    if (older === null || !isIdle) return;
    ask(queryOf({ before: older }), { kind: "load-older" }, (page) => ({ kind: "loaded-older", page }));
  }, [ask, older, isIdle]);
  const loadNewer = useCallback(() => {
    if (newer === null || !isIdle) return;
    ask(queryOf({ after: newer }), { kind: "load-newer" }, (page) => ({
      kind: "loaded-newer",
      page,
      isLast: entriesOf(page).length < pageSize,
    }));
  }, [ask, newer, isIdle, pageSize]);

  const goToNewest = useCallback(() => setStartAt(undefined), []);
  const news = useFeedNews(state, dispatch, { ...source, read, load, goToNewest });
  const marking = useFeedMarks(state, dispatch, marks);

  const retry = status === "older-failed" ? loadOlder : status === "newer-failed" ? loadNewer : load;
  return { ...state, ...news, ...marking, retry, loadOlder, loadNewer, filterQuery: source.filterQuery };
}

export interface FeedSource {
  readonly path: string;
  readonly query: string;
  /** Of the filter alone: members of a group are asked for with it. */
  readonly filterQuery: string;
  /** What the live stream must carry, or null where the feed is not live. Keeps its identity while it says the same. */
  readonly liveFilter: FeedFilter | null;
}

function useSource(options: FeedOptions): FeedSource {
  const { entity, grouped = false, marks, live = true } = options;
  // By its text: a filter that is made anew with every render is the same filter.
  const filterText = JSON.stringify(options.filter ?? {});
  const filter = useMemo(() => JSON.parse(filterText) as FeedFilter, [filterText]);
  const key = entity && entityKey(entity);
  const liveFilter = useMemo(() => {
    if (!live || filter.until !== undefined) return null;
    return key === undefined ? filter : { lanes: allLanes, ...filter, of: [key] };
  }, [live, filter, key]);
  const filtering = queryOfFilter(filter);
  const path = entity
    ? `/timeline/${pathSegment(entity.type)}/${pathSegment(entity.id)}`
    : grouped
      ? "/feed/groups"
      : "/feed";
  const query = joined(filtering, queryOf({ marks }));
  return { path, query, filterQuery: filtering, liveFilter };
}

const allLanes = ["domain", "change", "client", "system"] as const;
