import { useCallback, useEffect, useRef, useState } from "react";
import { useLive } from "tidings/react";
import { asFailure, type RequestFailed } from "../../../../dashboard/src/shared/ask.ts";
import type { BoardView } from "../../domain/readBoard.ts";
import type { Act } from "../hood/useDeed.ts";
import { request } from "../shared/request.ts";
import { type CardPlace, findCard, placeCard } from "./placeCard.ts";

export interface BoardModel {
  readonly view: BoardView | null;
  readonly failure: RequestFailed | null;
  readonly refresh: () => void;
  /** Shows the card at its new place at once; the server's answer confirms or undoes it. */
  readonly move: (cardId: number, columnId: string, index: number) => void;
}

const BOARD = "/api/boards/launch";

/** The board as the server has it, read again after every event that somebody else's action, or an own one, caused. */
export function useBoard(personId: string, act: Act): BoardModel {
  const [view, setView] = useState<BoardView | null>(null);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  const reading = useRef({ running: false, again: false });
  const movesOnTheWay = useRef(0);
  const shown = useRef(view);
  shown.current = view;
  const person = useRef(personId);
  person.current = personId;

  const refresh = useCallback(async () => {
    // Ten events in a row need one more read, not ten.
    const state = reading.current;
    if (state.running) return void (state.again = true);
    state.running = true;
    try {
      do {
        state.again = false;
        const next = await request<BoardView>(BOARD, person.current);
        // An answer from before an own move has ended would make the card jump back and forth.
        if (movesOnTheWay.current === 0) setView(next);
        setFailure(null);
      } while (state.again);
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      state.running = false;
    }
  }, []);

  useEffect(() => void refresh(), [refresh]);
  const { status } = useLive({ onItem: () => void refresh() });
  // What happened before the stream was open, or while it was lost, has come by then.
  const isLive = status.state === "live";
  useEffect(() => void (isLive && refresh()), [isLive, refresh]);

  const move = useCallback(
    async (cardId: number, columnId: string, index: number) => {
      const place = (to: CardPlace) =>
        setView(
          (board) => board && { ...board, columns: placeCard(board.columns, cardId, to.columnId, to.index) },
        );
      const origin = shown.current && findCard(shown.current.columns, cardId);
      place({ columnId, index });
      movesOnTheWay.current++;
      const moved = await act(`/api/cards/${cardId}/move`, { columnId, index });
      movesOnTheWay.current--;
      if (moved === null && origin) place(origin);
      void refresh();
    },
    [act, refresh],
  );

  return { view, failure, refresh: () => void refresh(), move: (...place) => void move(...place) };
}
