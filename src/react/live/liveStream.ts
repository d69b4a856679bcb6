import { noAnswer, RequestFailed } from "../client/requestFailed.ts";
import type { LiveItem } from "../wire.ts";
import { readServerEvents, type ServerEvent } from "./serverEvents.ts";

export type LiveStatus =
  /** Nobody follows. */
  | { readonly state: "off" }
  | { readonly state: "connecting" }
  /** `caughtUp`: after a gap, how many came that had happened meanwhile; null again after some seconds. */
  | { readonly state: "live"; readonly caughtUp: number | null }
  /** Tries again at `retryAt` (milliseconds since 1970). */
  | { readonly state: "reconnecting"; readonly retryAt: number }
  /** The device has no network. Goes on by itself when it is back. */
  | { readonly state: "offline" }
  /** Refused in a way that waiting does not mend: nobody signed in, no permission. */
  | { readonly state: "stopped"; readonly failure: RequestFailed };

export interface LiveStreamOptions {
  /** Asks for the stream after a position; null: from now on. Throws RequestFailed. */
  readonly request: (after: number | null, signal: AbortSignal) => Promise<Response>;
  readonly after: number | null;
  readonly onItem: (item: LiveItem) => void;
  readonly onStatus: (status: LiveStatus) => void;
  /** The log no longer has what comes after the position: what is shown must be read anew. */
  readonly onLost: () => void;
}

export interface LiveStream {
  /** After which position everything has come, or null when nothing is known yet. */
  readonly begun: () => number | null;
  /** Up to where everything has been received, or null when nothing is known yet. */
  readonly position: () => number | null;
  /** Tries at once instead of waiting. */
  readonly retry: () => void;
  readonly close: () => void;
}

/** Three heartbeats of the server's default, and more than its longest. A sleeping computer's connection looks open and is not. */
const SILENCE_MS = 45_000;
const LONGEST_WAIT_MS = 30_000;
/** What a timer can wait for. A longer one ends at once, and a server that asks to be left alone would have no peace. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** The gap is closed when nothing has come for this long, at the latest after ten times as long. */
const QUIET_MS = 400;
/** How long "caught up" stays to be read. */
const CAUGHT_UP_MS = 6_000;

/** Follows the log. A lost connection is taken up again where it was, so nothing is missed and nothing comes twice. */
export function openLiveStream({ request, after, onItem, onStatus, onLost }: LiveStreamOptions): LiveStream {
  let begun = after;
  let position = after;
  let connection = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let serverWaitMs = 2_000;
  let failures = 0;
  let gap: { received: number; since: number } | null = null;
  let closed = false;

  async function connect(): Promise<void> {
    connection.abort();
    clearTimeout(timer);
    const ours = (connection = new AbortController());
    watch();
    try {
      const response = await request(position, ours.signal);
      if (response.body === null) throw noAnswer();
      failures = 0;
      if (gap === null) onStatus({ state: "live", caughtUp: null });
      else gap.since = Date.now();
      onBytes();
      await readServerEvents(response.body, onEvent, onBytes);
      throw noAnswer();
    } catch (error) {
      // Whoever aborts goes on by itself.
      if (ours === connection && !closed && !ours.signal.aborted) lost(error);
    }
  }

  function onEvent({ id, data, retry }: ServerEvent): void {
    if (closed) return;
    if (retry !== undefined) serverWaitMs = Number(retry) || serverWaitMs;
    if (data !== undefined) {
      const item = JSON.parse(data) as LiveItem;
      if (position !== null && item.position <= position) return;
      if (gap) gap.received++;
      onItem(item);
    }
    if (id === undefined) return;
    position = Math.max(position ?? 0, Number(id));
    // The server's first message says where "from now on" is.
    begun ??= position;
  }

  function onBytes(): void {
    watch();
    if (gap === null) return;
    clearTimeout(quiet);
    quiet = setTimeout(caughtUp, Date.now() - gap.since > 10 * QUIET_MS ? 0 : QUIET_MS);
  }

  function watch(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      connection.abort();
      lost(noAnswer());
    }, SILENCE_MS);
  }

  function caughtUp(): void {
    onStatus({ state: "live", caughtUp: gap!.received });
    gap = null;
    quiet = setTimeout(() => onStatus({ state: "live", caughtUp: null }), CAUGHT_UP_MS);
  }

  function lost(error: unknown): void {
    clearTimeout(timer);
    clearTimeout(quiet);
    gap ??= { received: 0, since: 0 };
    const failure = error instanceof RequestFailed ? error : noAnswer();
    if (failure.code === "POSITION_PRUNED" || failure.code === "INVALID_CURSOR") {
      closed = true;
      return onLost();
    }
    if (refusedForGood(failure)) return onStatus({ state: "stopped", failure });
    if (!navigator.onLine) return onStatus({ state: "offline" });
    const asked = failure.retryAfterMs ?? Math.min(serverWaitMs * 1.5 ** failures++, LONGEST_WAIT_MS);
    const wait = Math.min(asked, LONGEST_TIMER_MS);
    onStatus({ state: "reconnecting", retryAt: Date.now() + wait });
    timer = setTimeout(() => void connect(), wait);
  }

  const onOnline = () => void connect();
  const onOffline = () => {
    connection.abort();
    lost(noAnswer());
  };
  addEventListener("online", onOnline);
  addEventListener("offline", onOffline);
  onStatus({ state: "connecting" });
  void connect();

  return {
    begun: () => begun,
    position: () => position,
    retry: () => void connect(),
    close() {
      closed = true;
      connection.abort();
      clearTimeout(timer);
      clearTimeout(quiet);
      removeEventListener("online", onOnline);
      removeEventListener("offline", onOffline);
    },
  };
}

function refusedForGood({ status }: RequestFailed): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
