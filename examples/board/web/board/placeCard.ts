import type { ColumnView } from "../../domain/readBoard.ts";

/** The columns with one card taken from where it is and put at `index` among the other cards of a column. */
export function placeCard(
  columns: readonly ColumnView[],
  cardId: number,
  columnId: string,
  index: number,
): readonly ColumnView[] {
  const card = columns.flatMap((column) => column.cards).find(({ id }) => id === cardId);
  if (card === undefined) return columns;
  return columns.map((column) => {
    const others = column.cards.filter(({ id }) => id !== cardId);
    if (column.id === columnId) return { ...column, cards: others.toSpliced(index, 0, card) };
    return others.length === column.cards.length ? column : { ...column, cards: others };
  });
}

export interface CardPlace {
  readonly columnId: string;
  readonly index: number;
}

export function findCard(columns: readonly ColumnView[], cardId: number): CardPlace | null {
  for (const column of columns) {
    const index = column.cards.findIndex(({ id }) => id === cardId);
    if (index !== -1) return { columnId: column.id, index };
  }
  return null;
}
