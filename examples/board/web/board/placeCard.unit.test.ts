import { expect, test } from "vitest";
import type { ColumnView } from "../../domain/readBoard.ts";
import { stepFrom } from "./keyboardMove.ts";
import { findCard, placeCard } from "./placeCard.ts";

const card = (id: number) => ({
  id,
  title: `Card ${id}`,
  assigneeId: null,
  due: null,
  closed: false,
  comments: 0,
});
const columns: readonly ColumnView[] = [
  { id: "todo", name: "To do", cards: [card(1), card(2), card(3)] },
  { id: "doing", name: "Doing", cards: [card(4)] },
  { id: "done", name: "Done", cards: [] },
];
const ids = (of: readonly ColumnView[]) => of.map((column) => column.cards.map(({ id }) => id));

test("a card is taken out of its column and put among the other cards of the target", () => {
  expect(ids(placeCard(columns, 1, "doing", 1))).toEqual([[2, 3], [4, 1], []]);
  expect(ids(placeCard(columns, 1, "todo", 2))).toEqual([[2, 3, 1], [4], []]);
  expect(ids(placeCard(columns, 3, "done", 9))).toEqual([[1, 2], [4], [3]]);
});

test("a card that is gone leaves the columns as they are", () => {
  expect(placeCard(columns, 99, "done", 0)).toBe(columns);
  expect(findCard(columns, 99)).toBeNull();
});

test("arrow keys go from place to place and stop at the edges", () => {
  const from = { columnId: "todo", index: 2 };
  expect(stepFrom(columns, 3, from, "ArrowUp")).toEqual({ columnId: "todo", index: 1 });
  expect(stepFrom(columns, 3, from, "ArrowDown")).toEqual(from);
  expect(stepFrom(columns, 3, from, "ArrowLeft")).toEqual(from);
  expect(stepFrom(columns, 3, from, "ArrowRight")).toEqual({ columnId: "doing", index: 1 });
  expect(stepFrom(columns, 3, { columnId: "done", index: 0 }, "ArrowRight")).toEqual({
    columnId: "done",
    index: 0,
  });
});
