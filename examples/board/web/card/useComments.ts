import { useCallback, useEffect, useRef, useState } from "react";
import { useLive } from "tidings/react";
import { asFailure, type RequestFailed } from "../../../../dashboard/src/shared/ask.ts";
import type { CommentView } from "../../domain/readComments.ts";
import { request } from "../shared/request.ts";

/** A card's comments, read again whenever an event links to the card. */
export function useComments(cardId: number, personId: string) {
  const [comments, setComments] = useState<readonly CommentView[]>([]);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  const person = useRef(personId);
  person.current = personId;

  const refresh = useCallback(async () => {
    try {
      setComments(await request<CommentView[]>(`/api/cards/${cardId}/comments`, person.current));
      setFailure(null);
    } catch (error) {
      setFailure(asFailure(error));
    }
  }, [cardId]);

  useEffect(() => void refresh(), [refresh]);
  useLive({ onItem: (item) => void (item.url === `/cards/${cardId}` && refresh()) });

  return { comments, failure, refresh: () => void refresh() };
}
