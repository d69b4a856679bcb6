import type { BoardView, CardView } from "../../domain/readBoard.ts";
import type { Act } from "../hood/useDeed.ts";

interface CardFieldsProps {
  readonly card: CardView;
  readonly columnId: string;
  readonly view: BoardView;
  readonly act: Act;
  readonly move: (cardId: number, columnId: string, index: number) => void;
}

/** The column field is also the way to move a card for whoever does not drag. */
export function CardFields({ card, columnId, view, act, move }: CardFieldsProps) {
  const path = `/api/cards/${card.id}`;
  return (
    <div className="fields">
      <label className="field">
        <span>Column</span>
        <select value={columnId} onChange={(event) => move(card.id, event.target.value, 0)}>
          {view.columns.map((column) => (
            <option key={column.id} value={column.id}>
              {column.name}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Assigned to</span>
        <select
          value={card.assigneeId ?? ""}
          onChange={(event) => void act(`${path}/assign`, { memberId: event.target.value || null })}
        >
          <option value="">Nobody</option>
          {view.members.map((member) => (
            <option key={member.id} value={member.id}>
              {member.name}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Due</span>
        <input
          type="date"
          value={card.due ?? ""}
          onChange={(event) => void act(`${path}/due`, { due: event.target.value || null })}
        />
      </label>
    </div>
  );
}
