import { useCallback, useEffect, useRef, useState } from "react";
import type { LiveStatus } from "../../../../src/react/live/liveStream.ts";
import type { LiveItem } from "../../../../src/react/wire.ts";
import { readFeed } from "../../dashboardApi/feed.ts";
import { followLive } from "../../dashboardApi/live.ts";
import { notePosition } from "../../frame/usePulse.ts";
import { asFailure, type RequestFailed } from "../../shared/ask.ts";
import { recordedAt } from "../../../../src/react/time/recordedAt.ts";
import { filterQuery, type LiveFilter } from "./liveFilter.ts";
import { MAX_ROWS, noRows, paused, resumed, withHistory, withNews, type LiveRows } from "./liveRows.ts";
import { withMoments, type Rate } from "./rate.ts";

export interface LiveLog extends LiveRows {
  /** False until the first page has been read. */
  readonly ready: boolean;
  /** The log has older events than the rows: the list ends here, and not history. */
  readonly hasOlder: boolean;
  readonly failure: RequestFailed | null;
  readonly status: LiveStatus;
  readonly rate: Rate;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly retry: () => void;
}

const HISTORY = 100;
/** The stream begins so far back, because only it knows positions. One read of the database. */
const REPEATED_POSITIONS = 500;
/** Ten drawings a second at most, however many events come. */
const BATCH_MS = 100;

const noRate: Rate = { steps: new Map() };

/** The newest events that match, and then each as it gets its position. */
export function useLiveLog(filter: LiveFilter): LiveLog {
  const key = JSON.stringify(filter);
  const [rows, setRows] = useState<LiveRows>(noRows);
  const [rate, setRate] = useState<Rate>(noRate);
  const [ready, setReady] = useState(false);
  const [beganInside, setBeganInside] = useState(false);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  const [status, setStatus] = useState<LiveStatus>({ state: "connecting" });
  const [round, setRound] = useState(0);
  const wanted = useRef(filter);
  wanted.current = filter;

  const retry = useCallback(() => setRound((count) => count + 1), []);

  useEffect(() => {
    const query = filterQuery(wanted.current);
    let closed = false;
    let close = (): void => undefined;
    setRows((earlier) => ({ ...noRows, held: earlier.held && [] }));
    setRate(noRate);
    setReady(false);
    setFailure(null);

    const begin = async () => {
      try {
        const page = await readFeed({ ...query, limit: HISTORY });
        if (closed) return;
        setRows((present) => withHistory(present, page.items));
        setRate((present) =>
          withMoments(
            present,
            page.items.map(({ id }) => recordedAt(id)),
            Date.now(),
          ),
        );
        setBeganInside(page.older !== null);
        setReady(true);
        notePosition(page.position);
        close = follow(page.position, Math.max(0, page.position - REPEATED_POSITIONS));
      } catch (error) {
        if (!closed) setFailure(asFailure(error));
      }
    };

    const follow = (from: number, after: number) => {
      const batch = createBatch((items) => {
        const now = Date.now();
        setRows((present) => withNews(present, items, from, now));
        const news = items.filter(({ position }) => position > from);
        setRate((present) =>
          withMoments(
            present,
            news.map(({ id }) => recordedAt(id)),
            now,
          ),
        );
        notePosition(items.at(-1)!.position);
      });
      const stream = followLive(query, {
        after,
        onItem: batch.add,
        onStatus: setStatus,
        // Retention has passed it: positions of history stay unknown, or, much later, all is read anew.
        onLost: () => {
          if (after < from) close = follow(from, from);
          else retry();
        },
      });
      return () => {
        stream.close();
        batch.drop();
      };
    };

    void begin();
    return () => {
      closed = true;
      close();
    };
  }, [key, round, retry]);

  const pause = useCallback(() => setRows(paused), []);
  const resume = useCallback(() => setRows(resumed), []);
  const hasOlder = beganInside || rows.rows.length === MAX_ROWS;
  return { ...rows, ready, hasOlder, failure, status, rate, pause, resume, retry };
}

/** Collects what comes within a moment, so that a busy log is drawn in steps. */
function createBatch(take: (items: readonly LiveItem[]) => void) {
  let items: LiveItem[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const taken = items;
    items = [];
    take(taken);
  };
  return {
    add: (item: LiveItem) => {
      items.push(item);
      timer ??= setTimeout(flush, BATCH_MS);
    },
    drop: () => clearTimeout(timer),
  };
}
