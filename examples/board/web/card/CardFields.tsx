import { SelectField } from "../../../../dashboard/src/shared/SelectField.tsx";
import type { BoardView, CardView } from "../../domain/readBoard.ts";
import type { Act } from "../hood/useDeed.ts";

interface CardFieldsProps {
  readonly card: CardView;
  readonly columnId: string;
  readonly view: BoardView;
  readonly act: Act;
  readonly move: (cardId: number, columnId: string, index: number) => void;
}

const NOBODY = "";

/** The column field is also the way to move a card for whoever does not drag. */
export function CardFields({ card, columnId, view, act, move }: CardFieldsProps) {
  const path = `/api/cards/${card.id}`;
  return (
    <div className="fields">
      <SelectField
        label="Column"
        value={columnId}
        options={view.columns}
        onChange={(column) => move(card.id, column, 0)}
      />
      <SelectField
        label="Assigned to"
        value={card.assigneeId ?? NOBODY}
        options={[{ id: NOBODY, name: "Nobody" }, ...view.members]}
        onChange={(member) => void act(`${path}/assign`, { memberId: member === NOBODY ? null : member })}
      />
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
