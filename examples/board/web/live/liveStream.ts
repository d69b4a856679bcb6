import type { LiveItem } from "../feed/feedItem.ts";

export type LiveStatus =
  | { readonly state: "connecting" }
  | { readonly state: "live"; readonly caughtUp: number | null }
  | { readonly state: "reconnecting"; readonly since: number };

export interface LiveStream {
  /** Calls back for every event, in the order of positions, each once. */
  onItem(listener: (item: LiveItem) => void): () => void;
  onStatus(listener: (status: LiveStatus) => void): () => void;
  close(): void;
}

const RETRY_MS = 1_500;
/** How long "caught up" stays to be read. */
const CAUGHT_UP_MS = 5_000;
/** The log's last position may belong to an event that this stream does not carry: then silence tells. */
const SILENCE_MS = 2_000;

/**
 * Follows the log from `after` on. A lost connection is taken up again at the last position seen, so nothing is
 * missed and nothing comes twice; `lastPosition` tells where the log ends now, to know when the gap is closed.
 */
export function openLiveStream(after: number, lastPosition: () => Promise<number>): LiveStream {
  const itemListeners = new Set<(item: LiveItem) => void>();
  const statusListeners = new Set<(status: LiveStatus) => void>();
  let status: LiveStatus = { state: "connecting" };
  let position = after;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gap: { target: number; received: number } | undefined;
  let closed = false;

  const change = (next: LiveStatus) => {
    status = next;
    for (const listener of statusListeners) listener(status);
  };

  function connect(): void {
    source = new EventSource(`/tidings/live?after=${position}`);
    source.addEventListener("open", onOpen);
    source.addEventListener("error", onError);
    source.addEventListener("event", onEvent);
  }

  async function onOpen(): Promise<void> {
    if (status.state !== "reconnecting") return change({ state: "live", caughtUp: null });
    gap = { target: Infinity, received: 0 };
    const measured = gap;
    try {
      measured.target = await lastPosition();
      closeGap();
      if (gap === measured) timer = setTimeout(() => endGap(measured), SILENCE_MS);
    } catch {
      // Lost again before it could be asked: the next error event says so.
    }
  }

  function onEvent(message: MessageEvent<string>): void {
    const item = JSON.parse(message.data) as LiveItem;
    if (item.position <= position) return;
    position = item.position;
    if (gap) gap.received++;
    for (const listener of itemListeners) listener(item);
    closeGap();
  }

  function closeGap(): void {
    if (gap && position >= gap.target) endGap(gap);
  }

  function endGap(closing: { received: number }): void {
    if (gap !== closing) return;
    gap = undefined;
    clearTimeout(timer);
    change({ state: "live", caughtUp: closing.received });
    timer = setTimeout(
      () => status.state === "live" && change({ state: "live", caughtUp: null }),
      CAUGHT_UP_MS,
    );
  }

  // The browser waits ever longer between tries and gives up on an answer that is no stream; a server that is being
  // restarted gives both. So the stream is opened anew, at a steady pace.
  function onError(): void {
    source?.close();
    clearTimeout(timer);
    gap = undefined;
    if (closed) return;
    if (status.state !== "reconnecting") change({ state: "reconnecting", since: Date.now() });
    timer = setTimeout(connect, RETRY_MS);
  }

  connect();
  return {
    onItem: (listener) => {
      itemListeners.add(listener);
      return () => itemListeners.delete(listener);
    },
    onStatus: (listener) => {
      statusListeners.add(listener);
      listener(status);
      return () => statusListeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      source?.close();
    },
  };
}
