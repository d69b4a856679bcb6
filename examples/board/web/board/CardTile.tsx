import type { KeyboardEvent, PointerEvent } from "react";
import type { CardView, MemberView } from "../../domain/readBoard.ts";
import { CardLink } from "../card/CardLink.tsx";
import { CardFace } from "./CardFace.tsx";

interface CardTileProps {
  readonly card: CardView;
  readonly members: readonly MemberView[];
  /** On its way by pointer or keys. */
  readonly moving: "pointer" | "keyboard" | null;
  readonly onPointerDown: (event: PointerEvent<HTMLElement>, cardId: number) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>, cardId: number) => void;
}

/** The whole card is the link's area, so Enter and a click open it; Space picks it up. */
export function CardTile({ card, members, moving, onPointerDown, onKeyDown }: CardTileProps) {
  return (
    <li
      className={`card${card.closed ? " card-closed" : ""}${moving ? ` card-moving-${moving}` : ""}`}
      data-card={card.id}
      onPointerDown={(event) => onPointerDown(event, card.id)}
      onKeyDown={(event) => onKeyDown(event, card.id)}
      onDragStart={(event) => event.preventDefault()}
    >
      <CardFace
        card={card}
        members={members}
        title={
          <CardLink cardId={card.id} className="card-link" describedBy="card-keys">
            {card.title}
          </CardLink>
        }
      />
    </li>
  );
}
