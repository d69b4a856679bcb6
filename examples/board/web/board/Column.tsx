import type { ColumnView, MemberView } from "../../domain/readBoard.ts";
import { AddCard } from "./AddCard.tsx";
import { CardTile } from "./CardTile.tsx";
import type { CardDrag } from "./useCardDrag.ts";

interface ColumnProps {
  readonly column: ColumnView;
  readonly members: readonly MemberView[];
  readonly cardDrag: CardDrag;
  readonly onAddCard: (title: string) => Promise<boolean>;
}

export function Column({ column, members, cardDrag, onAddCard }: ColumnProps) {
  const { drag, onPointerDown, onKeyDown } = cardDrag;
  return (
    <section
      className={`column${drag?.columnId === column.id ? " column-target" : ""}`}
      data-column={column.id}
      aria-labelledby={`column-${column.id}`}
    >
      <header className="column-head">
        <h2 id={`column-${column.id}`}>{column.name}</h2>
        <span className="count figures">{column.cards.length}</span>
      </header>
      <ul className="cards" data-cards>
        {column.cards.map((card) => (
          <CardTile
            key={card.id}
            card={card}
            members={members}
            moving={drag?.cardId === card.id ? drag.by : null}
            onPointerDown={onPointerDown}
            onKeyDown={onKeyDown}
          />
        ))}
      </ul>
      <AddCard columnName={column.name} onAdd={onAddCard} />
    </section>
  );
}
