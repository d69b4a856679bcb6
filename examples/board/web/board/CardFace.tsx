import { CalendarClock, CalendarDays, CircleCheck, MessageSquare } from "lucide-react";
import { useNow } from "../../../../dashboard/src/time/useNow.ts";
import type { CardView, MemberView } from "../../domain/readBoard.ts";
import { Avatar } from "../shared/Avatar.tsx";
import { describeDue } from "../time/dueDate.ts";

interface CardFaceProps {
  readonly card: CardView;
  readonly members: readonly MemberView[];
  /** The title, as a link on the board and as plain text on the card that follows the pointer. */
  readonly title: React.ReactNode;
}

/** What a card shows on the board. */
export function CardFace({ card, members, title }: CardFaceProps) {
  const assignee = members.find((member) => member.id === card.assigneeId);
  const hasChips = card.closed || card.due !== null || card.comments > 0;
  return (
    <div className={hasChips ? undefined : "card-brief"}>
      <p className="card-title">{title}</p>
      {(hasChips || assignee) && (
        <div className="card-foot">
          {card.closed && (
            <span className="chip chip-good">
              <CircleCheck size={14} strokeWidth={1.75} aria-hidden />
              Closed
            </span>
          )}
          {card.due !== null && !card.closed && <DueChip due={card.due} />}
          {card.comments > 0 && (
            <span className="chip">
              <MessageSquare size={14} strokeWidth={1.75} aria-hidden />
              <span className="figures">{card.comments}</span>
              <span className="visually-hidden">{card.comments === 1 ? "comment" : "comments"}</span>
            </span>
          )}
          {assignee && <Avatar member={assignee} size="small" label={`Assigned to ${assignee.name}`} />}
        </div>
      )}
    </div>
  );
}

function DueChip({ due }: { readonly due: string }) {
  const { text, state } = describeDue(due, useNow());
  const Icon = state === "late" ? CalendarClock : CalendarDays;
  return (
    <span className={`chip chip-${state}`}>
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      <span className="visually-hidden">Due </span>
      {text}
    </span>
  );
}
