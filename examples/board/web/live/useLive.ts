import { useEffect, useState } from "react";
import type { FeedPage } from "../feed/feedItem.ts";
import { request } from "../shared/request.ts";
import { type LiveStatus, type LiveStream, openLiveStream } from "./liveStream.ts";

/** Opens the live stream as soon as it is known where to begin. */
export function useLive(after: number | null): { stream: LiveStream | null; status: LiveStatus } {
  const [stream, setStream] = useState<LiveStream | null>(null);
  const [status, setStatus] = useState<LiveStatus>({ state: "connecting" });
  useEffect(() => {
    if (after === null) return;
    const opened = openLiveStream(after, lastPosition);
    opened.onStatus(setStatus);
    setStream(opened);
    return () => opened.close();
  }, [after]);
  return { stream, status };
}

async function lastPosition(): Promise<number> {
  const page = await request<FeedPage>("/tidings/feed?limit=1", "");
  return page.position;
}
