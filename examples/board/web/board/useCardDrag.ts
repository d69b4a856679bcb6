import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { ColumnView } from "../../domain/readBoard.ts";
import { type Drag, placeAt } from "./drag.ts";
import { describePlace, stepFrom } from "./keyboardMove.ts";
import { findCard, placeCard } from "./placeCard.ts";
import { usePointerDrag } from "./usePointerDrag.ts";

export interface CardDrag {
  readonly drag: Drag | null;
  /** Size and first place of the card that follows the pointer. */
  readonly lifted: DOMRect | null;
  /** The columns as they would be if the card were dropped now. */
  readonly columns: readonly ColumnView[];
  /** What a screen reader says about the drag. */
  readonly announcement: string;
  readonly onPointerDown: (event: PointerEvent<HTMLElement>, cardId: number) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>, cardId: number) => void;
}

/** One state for all ways of moving a card: pointer and keys only say where it would lie now. */
export function useCardDrag(
  board: RefObject<HTMLElement | null>,
  ghost: RefObject<HTMLElement | null>,
  settled: readonly ColumnView[],
  move: (cardId: number, columnId: string, index: number) => void,
): CardDrag {
  const [drag, setDrag] = useState<Drag | null>(null);
  const [lifted, setLifted] = useState<DOMRect | null>(null);
  const [announcement, announce] = useState("");
  const current = useRef(drag);
  const focused = useRef<number | null>(null);
  const change = (next: Drag | null) => {
    current.current = next;
    setDrag(next);
  };

  const pickUp = (cardId: number, by: Drag["by"]): Drag | null => {
    const origin = findCard(settled, cardId);
    const next = origin && { ...origin, cardId, by, origin };
    focused.current = by === "keyboard" ? cardId : null;
    change(next);
    return next;
  };
  const putDown = () => {
    const now = current.current;
    change(null);
    setLifted(null);
    if (!now) return;
    const { cardId, columnId, index, origin } = now;
    if (columnId !== origin.columnId || index !== origin.index) move(cardId, columnId, index);
    announce(`Dropped. ${describePlace(settled, cardId, now)}.`);
  };
  const cancel = () => {
    change(null);
    setLifted(null);
    announce("Cancelled. The card is where it was.");
  };

  const onPointerDown = usePointerDrag(board, ghost, {
    lift: (cardId, rect) => {
      pickUp(cardId, "pointer");
      setLifted(rect);
    },
    carry: (cardId, corner, rect) => {
      const place = placeAt(board.current!, cardId, corner.x + rect.width / 2, corner.y);
      const now = current.current;
      if (!place || !now || (place.columnId === now.columnId && place.index === now.index)) return;
      change({ ...now, ...place });
    },
    drop: putDown,
    cancel,
  });

  const onKeyDown = (event: KeyboardEvent<HTMLElement>, cardId: number) => {
    const now = current.current;
    if (now?.by !== "keyboard") {
      if (event.key !== " ") return;
      event.preventDefault();
      const picked = pickUp(cardId, "keyboard");
      if (picked)
        announce(
          `Picked up. ${describePlace(settled, cardId, picked)}. Arrow keys move it, Space drops it, Escape cancels.`,
        );
      return;
    }
    event.preventDefault();
    if (event.key === " " || event.key === "Enter") return putDown();
    if (event.key === "Escape" || event.key === "Tab") return cancel();
    if (!event.key.startsWith("Arrow")) return;
    const place = stepFrom(settled, cardId, now, event.key);
    change({ ...now, ...place });
    announce(`${describePlace(settled, cardId, place)}.`);
  };

  // In another column the card is another element: the focus has to follow it, also back to where it came from.
  useEffect(() => {
    if (focused.current === null) return;
    const link = board.current?.querySelector<HTMLElement>(`[data-card="${focused.current}"] a`);
    if (drag === null) focused.current = null;
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [board, drag]);

  const columns = drag ? placeCard(settled, drag.cardId, drag.columnId, drag.index) : settled;
  return { drag, lifted, columns, announcement, onPointerDown, onKeyDown };
}
