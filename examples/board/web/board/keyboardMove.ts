import type { ColumnView } from "../../domain/readBoard.ts";
import type { CardPlace } from "./placeCard.ts";

/** The place one step further in the direction of an arrow key, or the same at the end of the way. */
export function stepFrom(
  columns: readonly ColumnView[],
  cardId: number,
  place: CardPlace,
  key: string,
): CardPlace {
  const at = columns.findIndex((column) => column.id === place.columnId);
  const sideways = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const column = columns[at + sideways];
  if (column === undefined) return place;
  const last = column.cards.filter((card) => card.id !== cardId).length;
  const downwards = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  return { columnId: column.id, index: Math.max(0, Math.min(last, place.index + downwards)) };
}

/** "Doing, place 2 of 4": said to those who do not see it. */
export function describePlace(columns: readonly ColumnView[], cardId: number, place: CardPlace): string {
  const column = columns.find(({ id }) => id === place.columnId);
  const others = column?.cards.filter((card) => card.id !== cardId).length ?? 0;
  return `${column?.name}, place ${place.index + 1} of ${others + 1}`;
}
