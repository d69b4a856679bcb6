import { useRef } from "react";
import type { BoardView } from "../../domain/readBoard.ts";
import type { Act } from "../hood/useDeed.ts";
import { AddColumn } from "./AddColumn.tsx";
import { Column } from "./Column.tsx";
import { DragGhost } from "./DragGhost.tsx";
import type { BoardModel } from "./useBoard.ts";
import { useCardDrag } from "./useCardDrag.ts";
import { useGlide } from "./useGlide.ts";

interface BoardProps {
  readonly view: BoardView;
  readonly move: BoardModel["move"];
  readonly act: Act;
}

export function Board({ view, move, act }: BoardProps) {
  const board = useRef<HTMLDivElement>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const cardDrag = useCardDrag(board, ghost, view.columns, move);
  const { drag, lifted, columns, announcement } = cardDrag;
  useGlide(board, drag?.by === "pointer" ? drag.cardId : null);

  const carried = columns.flatMap((column) => column.cards).find((card) => card.id === drag?.cardId);
  return (
    <div ref={board} className={`board${lifted ? " board-dragging" : ""}`}>
      {columns.map((column) => (
        <Column
          key={column.id}
          column={column}
          members={view.members}
          cardDrag={cardDrag}
          onAddCard={async (title) => (await act("/api/cards", { columnId: column.id, title })) !== null}
        />
      ))}
      <AddColumn onAdd={async (name) => (await act(`/api/boards/${view.id}/columns`, { name })) !== null} />
      {lifted && carried && <DragGhost ref={ghost} card={carried} members={view.members} rect={lifted} />}
      <p id="card-keys" hidden>
        Press Space to pick up the card and the arrow keys to move it. Enter opens it.
      </p>
      <p className="visually-hidden" aria-live="assertive">
        {announcement}
      </p>
    </div>
  );
}
