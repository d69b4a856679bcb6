import { useCallback, useEffect, useReducer, useRef } from "react";
import { asFailure } from "../../../../dashboard/src/shared/ask.ts";
import type { LiveStream } from "../live/liveStream.ts";
import { request } from "../shared/request.ts";
import type { FeedPage } from "./feedItem.ts";
import { emptyFeed, feedReducer, type FeedState } from "./feedState.ts";

const PAGE = 25;

export interface Feed extends FeedState {
  readonly retry: () => void;
  readonly loadOlder: () => void;
  /** Shows what was held back. */
  readonly release: () => void;
  /** True while the reader is further down, or the feed is not on the screen: arrivals are then held back. */
  readonly hold: (held: boolean) => void;
}

/**
 * The feed of the whole board: its first page, older pages on demand, and what arrives live. `onPosition` is called
 * with the position that the first page belongs to: a stream that starts there leaves no gap.
 */
export function useFeed(
  personId: string,
  live: LiveStream | null,
  onPosition: (position: number) => void,
): Feed {
  const [state, dispatch] = useReducer(feedReducer, emptyFeed);
  const holding = useRef(false);
  const person = useRef(personId);
  person.current = personId;

  const load = useCallback(async () => {
    dispatch({ kind: "load" });
    try {
      const page = await request<FeedPage>(`/tidings/feed?limit=${PAGE}`, person.current);
      dispatch({ kind: "loaded", page });
      onPosition(page.position);
    } catch (error) {
      dispatch({ kind: "failed", failure: asFailure(error) });
    }
  }, [onPosition]);

  useEffect(() => void load(), [load]);

  useEffect(() => live?.onItem((item) => dispatch({ kind: "arrived", item, hold: holding.current })), [live]);

  const { older, status } = state;
  const loadOlder = useCallback(async () => {
    if (older === null || status === "loading-older") return;
    dispatch({ kind: "load-older" });
    try {
      const query = new URLSearchParams({ limit: String(PAGE), before: older });
      dispatch({
        kind: "loaded-older",
        page: await request<FeedPage>(`/tidings/feed?${query}`, person.current),
      });
    } catch (error) {
      dispatch({ kind: "failed", failure: asFailure(error) });
    }
  }, [older, status]);

  return {
    ...state,
    retry: () => void (status === "older-failed" ? loadOlder() : load()),
    loadOlder: () => void loadOlder(),
    release: useCallback(() => dispatch({ kind: "release" }), []),
    hold: useCallback((held: boolean) => void (holding.current = held), []),
  };
}
