import { useEffect, useState, type ReactElement } from "react";
import { Hidden } from "../feed/Hidden.tsx";
import { useTidings } from "../provider/useTidings.ts";
import { formatCount } from "../time/formatCount.ts";
import type { FeedWords } from "../words.ts";
import type { LiveStatus } from "./liveStream.ts";
import { useLive } from "./useLive.ts";

export interface LiveBadgeProps {
  className?: string | undefined;
}

/** The state of the connection in words. The seconds that it counts down are not read out one by one. */
export function LiveBadge({ className }: LiveBadgeProps): ReactElement {
  const { words, locale } = useTidings();
  const { status, retry } = useLive();
  const seconds = useSecondsUntil(status.state === "reconnecting" ? status.retryAt : null);
  const canRetry = status.state === "reconnecting" || status.state === "stopped";
  return (
    <span
      className={className === undefined ? "tidings-live" : `tidings-live ${className}`}
      data-state={status.state}
    >
      <span className="tidings-live-dot" aria-hidden />
      <span aria-hidden={status.state === "reconnecting" || undefined}>
        {shownWords(status, words, locale, seconds)}
      </span>
      {canRetry && (
        <button type="button" className="tidings-live-retry" onClick={retry}>
          {words.retry}
        </button>
      )}
      <Hidden role="status">{spokenWords(status, words, locale)}</Hidden>
    </span>
  );
}

function shownWords(
  status: LiveStatus,
  words: FeedWords,
  locale: string | undefined,
  seconds: number,
): string {
  switch (status.state) {
    case "off":
    case "connecting":
      return words.connecting;
    case "live":
      return status.caughtUp
        ? words.caughtUp(status.caughtUp, formatCount(status.caughtUp, locale))
        : words.live;
    case "reconnecting":
      return words.reconnecting(formatCount(seconds, locale));
    case "offline":
      return words.offline;
    case "stopped":
      return `${words.stopped} (${status.failure.code})`;
  }
}

/** Only what is out of the ordinary. */
function spokenWords(status: LiveStatus, words: FeedWords, locale: string | undefined): string {
  if (status.state === "reconnecting" || status.state === "offline") return words.offline;
  return status.state === "live" && status.caughtUp ? shownWords(status, words, locale, 0) : "";
}

function useSecondsUntil(at: number | null): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (at === null) return;
    const count = () => setSeconds(Math.max(0, Math.ceil((at - Date.now()) / 1_000)));
    count();
    const timer = setInterval(count, 250);
    return () => clearInterval(timer);
  }, [at]);
  return seconds;
}
