import type { CardPlace } from "./placeCard.ts";

/** A card on its way: where it would lie if it were dropped now. */
export interface Drag extends CardPlace {
  readonly cardId: number;
  readonly by: "pointer" | "keyboard";
  /** Where it came from, for Esc. */
  readonly origin: CardPlace;
}

/**
 * Where a card whose upper edge is at `top` and whose middle is at `x` would go. Positions are those of the layout, so
 * running animations do not disturb it, and as if the dragged card were not there: what it pushes aside would
 * otherwise push back, and the card would flicker between two places.
 */
export function placeAt(board: HTMLElement, cardId: number, x: number, top: number): CardPlace | null {
  const columns = [...board.querySelectorAll<HTMLElement>("[data-column]")];
  const column = columns.toSorted((a, b) => distance(a, x) - distance(b, x))[0];
  const list = column?.querySelector<HTMLElement>("[data-cards]");
  if (!column || !list) return null;
  const listTop = list.getBoundingClientRect().top;
  let removed = 0;
  let index = 0;
  for (const card of list.querySelectorAll<HTMLElement>("[data-card]")) {
    if (card.dataset["card"] === String(cardId)) {
      removed = card.offsetHeight + gapOf(list);
      continue;
    }
    const middle = listTop + card.offsetTop - removed + card.offsetHeight / 2;
    if (middle < top) index++;
  }
  return { columnId: column.dataset["column"]!, index };
}

function distance(element: HTMLElement, x: number): number {
  const { left, right } = element.getBoundingClientRect();
  return x < left ? left - x : x > right ? x - right : 0;
}

function gapOf(list: HTMLElement): number {
  return Number.parseFloat(getComputedStyle(list).rowGap) || 0;
}
