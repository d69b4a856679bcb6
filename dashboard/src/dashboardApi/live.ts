import {
  openLiveStream,
  type LiveStream,
  type LiveStreamOptions,
} from "../../../src/react/live/liveStream.ts";
import { noAnswer, refusalOf } from "../../../src/react/client/requestFailed.ts";
import { urlOf, type Query } from "./request.ts";

/** Follows the log after a position: the stream of the React package, so that there is one way to resume. */
export function followLive(query: Query, options: Omit<LiveStreamOptions, "request">): LiveStream {
  return openLiveStream({
    ...options,
    request: async (after, signal) => {
      const response = await fetch(urlOf("live", { ...query, after }), {
        signal,
        cache: "no-store",
        headers: { accept: "text/event-stream" },
      }).catch(() => null);
      if (response === null) throw noAnswer();
      if (!response.ok) throw await refusalOf(response);
      return response;
    },
  });
}
