import { type RefObject, useLayoutEffect, useRef } from "react";

const GLIDE_MS = 180;

/**
 * Cards that have changed their place glide there, whoever moved them: the eye then knows where a card has gone.
 * After each render the new place is compared with the last one (FLIP), relative to the board's content, so scrolling
 * moves nothing. `except` is the card under the pointer.
 */
export function useGlide(board: RefObject<HTMLElement | null>, except: number | null): void {
  const places = useRef(new Map<string, { x: number; y: number }>());
  useLayoutEffect(() => {
    const element = board.current;
    if (!element) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const origin = element.getBoundingClientRect();
    const cards = [...element.querySelectorAll<HTMLElement>("[data-card]")];
    for (const card of cards) for (const animation of card.getAnimations()) animation.cancel();
    const next = new Map(
      cards.map((card) => {
        const { left, top } = card.getBoundingClientRect();
        const x = left - origin.left + element.scrollLeft;
        const y = top - origin.top + element.scrollTop;
        return [card.dataset["card"]!, { x, y }];
      }),
    );
    for (const card of cards) {
      const id = card.dataset["card"]!;
      const from = places.current.get(id);
      const to = next.get(id)!;
      if (still || !from || id === String(except) || (from.x === to.x && from.y === to.y)) continue;
      card.animate(
        [
          { translate: `${from.x - to.x}px ${from.y - to.y}px`, zIndex: 2 },
          { translate: "0 0", zIndex: 2 },
        ],
        { duration: GLIDE_MS, easing: "ease-out" },
      );
    }
    places.current = next;
  });
}
