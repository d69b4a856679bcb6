import { useCallback, useEffect, useRef, type Dispatch } from "react";
import { pathSegment } from "../pathSegment.ts";
import { useTidings } from "../provider/useTidings.ts";
import type { FeedAction, FeedState } from "./feedState.ts";

/** A feed that flashes by has not been seen. */
const SEEN_AFTER_MS = 1_000;

/** Tells the server what the reader has seen (while the feed is on the screen) and read. */
export function useFeedMarks(
  { shownUpTo }: FeedState,
  dispatch: Dispatch<FeedAction>,
  marks: string | undefined,
) {
  const { client } = useTidings();
  const path = marks === undefined ? null : `/feed/marks/${pathSegment(marks)}`;

  const mark = useCallback(
    (change: { seen?: number; read?: number; items?: readonly string[] }) => {
      if (path === null) return;
      // A mark that is not taken is not worth an alarm: the lines are unread again with the next page.
      client.send("PUT", path, change).then(
        () => client.marksMoved(),
        () => undefined,
      );
    },
    [client, path],
  );

  const seen = useRef(0);
  useEffect(() => {
    if (path === null || shownUpTo <= seen.current) return;
    const tell = () => {
      if (document.visibilityState !== "visible") return;
      seen.current = shownUpTo;
      mark({ seen: shownUpTo });
    };
    const timer = setTimeout(tell, SEEN_AFTER_MS);
    document.addEventListener("visibilitychange", tell);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [path, shownUpTo, mark]);

  return {
    hasMarks: path !== null,
    // To what was shown, not to now: lines that arrived in between would vanish unread.
    markAllRead: useCallback(() => {
      if (path === null) return;
      mark({ read: shownUpTo });
      dispatch({ kind: "read", ids: "all" });
    }, [path, shownUpTo, mark, dispatch]),
    markRead: useCallback(
      (ids: readonly string[]) => {
        if (path === null) return;
        mark({ items: ids });
        dispatch({ kind: "read", ids: new Set(ids) });
      },
      [path, mark, dispatch],
    ),
  };
}
