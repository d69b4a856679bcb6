import { useCallback, useEffect, useRef, useState } from "react";
import { asFailure, type RequestFailed } from "../../../../dashboard/src/shared/ask.ts";
import type { CommentView } from "../../domain/readComments.ts";
import type { FeedItem, FeedPage } from "../feed/feedItem.ts";
import type { LiveStream } from "../live/liveStream.ts";
import { request } from "../shared/request.ts";

export interface CardDetails {
  readonly comments: readonly CommentView[];
  readonly timeline: readonly FeedItem[];
}

/** A card's comments and timeline, read again whenever an event links to the card. */
export function useCardDetails(cardId: number, personId: string, live: LiveStream | null) {
  const [details, setDetails] = useState<CardDetails | null>(null);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  const person = useRef(personId);
  person.current = personId;

  const refresh = useCallback(async () => {
    try {
      const [comments, page] = await Promise.all([
        request<CommentView[]>(`/api/cards/${cardId}/comments`, person.current),
        request<FeedPage>(`/tidings/timeline/card/${cardId}?limit=100`, person.current),
      ]);
      setDetails({ comments, timeline: page.items });
      setFailure(null);
    } catch (error) {
      setFailure(asFailure(error));
    }
  }, [cardId]);

  useEffect(() => void refresh(), [refresh]);
  useEffect(
    () => live?.onItem((item) => void (item.url === `/cards/${cardId}` && refresh())),
    [live, cardId, refresh],
  );

  return { details, failure, refresh: () => void refresh() };
}
