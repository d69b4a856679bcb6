import type { Ref } from "react";
import type { CardView, MemberView } from "../../domain/readBoard.ts";
import { CardFace } from "./CardFace.tsx";

interface DragGhostProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly card: CardView;
  readonly members: readonly MemberView[];
  readonly rect: DOMRect;
}

/** The card that follows the pointer, while its place in the column shows where it would land. */
export function DragGhost({ ref, card, members, rect }: DragGhostProps) {
  const place = { width: rect.width, height: rect.height, translate: `${rect.left}px ${rect.top}px` };
  return (
    <div
      ref={ref}
      className={`card card-ghost${card.closed ? " card-closed" : ""}`}
      style={place}
      aria-hidden
    >
      <CardFace card={card} members={members} title={card.title} />
    </div>
  );
}
