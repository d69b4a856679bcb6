import { useCallback, useEffect, useRef, type Dispatch } from "react";
import { useTidings } from "../provider/useTidings.ts";
import type { AnyPage } from "./entry.ts";
import { isSame } from "./sentenceWords.ts";
import type { FeedAction, FeedState } from "./feedState.ts";
import type { FeedSource } from "./useFeed.ts";

interface Reading extends FeedSource {
  readonly read: (cursor: string) => Promise<AnyPage>;
  readonly load: () => void;
  /** Begins anew with the newest, where the feed began in the past. */
  readonly goToNewest: () => void;
}

/** A burst of events that only the server can judge is asked about once. */
const ASK_AFTER_MS = 250;

/** What happens while the feed is open: shown at once or held back, as `hold` says. */
export function useFeedNews(
  { position, newer }: FeedState,
  dispatch: Dispatch<FeedAction>,
  { path, liveFilter, read, load, goToNewest }: Reading,
) {
  const { client, viewer } = useTidings();
  const holding = useRef(false);
  const asking = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isGrouped = path === "/feed/groups";

  const askForHead = useCallback(
    (inMs: number) => {
      asking.current ??= setTimeout(() => {
        asking.current = undefined;
        // What is not told now comes with the next event, or with the next page that is read.
        read("").then(
          (page) => dispatch({ kind: "head", page, hold: holding.current }),
          () => undefined,
        );
      }, inMs);
    },
    [read, dispatch],
  );
  useEffect(
    () => () => {
      clearTimeout(asking.current);
      asking.current = undefined;
    },
    [askForHead],
  );

  const latest = useRef({ askForHead, load, newer, viewer });
  latest.current = { askForHead, load, newer, viewer };
  useEffect(() => {
    if (liveFilter === null || position === null) return;
    return client.live.follow({
      filter: liveFilter,
      after: position,
      onLost: () => latest.current.load(),
      onItem(arrived, certain) {
        const isOwn = isSame(arrived.actor, latest.current.viewer);
        const item = isOwn ? { ...arrived, unread: false, unseen: false } : arrived;
        const hold = holding.current;
        // A group knows its members only on the server; while it is held back, counting is enough.
        if (isGrouped ? !hold : !certain) latest.current.askForHead(ASK_AFTER_MS);
        else if (isGrouped) dispatch({ kind: "held", item });
        else dispatch({ kind: "arrived", item, hold });
      },
    });
  }, [client, liveFilter, position, isGrouped, dispatch]);

  return {
    release: useCallback(() => {
      // The newest are not the neighbours of what is shown: a gap would be between them.
      if (latest.current.newer !== null) goToNewest();
      else if (isGrouped) latest.current.askForHead(0);
      else dispatch({ kind: "release" });
    }, [dispatch, goToNewest, isGrouped]),
    hold: useCallback((held: boolean) => void (holding.current = held), []),
  };
}
