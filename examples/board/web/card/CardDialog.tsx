import { CircleCheck, RotateCcw, X } from "lucide-react";
import { Dialog } from "../../../../dashboard/src/shared/Dialog.tsx";
import { Failure } from "../../../../dashboard/src/shared/Failure.tsx";
import type { BoardView } from "../../domain/readBoard.ts";
import { findCard } from "../board/placeCard.ts";
import type { Act } from "../hood/useDeed.ts";
import { goTo } from "../shared/place.ts";
import { CardFields } from "./CardFields.tsx";
import { CardTimeline } from "./CardTimeline.tsx";
import { CardTitle } from "./CardTitle.tsx";
import { Comments } from "./Comments.tsx";
import { useComments } from "./useComments.ts";

interface CardDialogProps {
  readonly cardId: number;
  readonly view: BoardView;
  readonly personId: string;
  readonly act: Act;
  readonly move: (cardId: number, columnId: string, index: number) => void;
}

export function CardDialog({ cardId, view, personId, act, move }: CardDialogProps) {
  const { comments, failure, refresh } = useComments(cardId, personId);
  const close = () => goTo({ cardId: null });
  const place = findCard(view.columns, cardId);
  const card = view.columns.flatMap((column) => column.cards).find(({ id }) => id === cardId);
  if (!card || !place) return <NoSuchCard onClose={close} />;

  const path = `/api/cards/${cardId}`;
  return (
    <Dialog className="card-dialog" label={card.title} onClose={close}>
      <header className="card-dialog-head">
        <button
          type="button"
          className={`button${card.closed ? " button-good" : ""}`}
          onClick={() => void act(`${path}/${card.closed ? "reopen" : "close"}`)}
        >
          {card.closed ? (
            <RotateCcw size={16} strokeWidth={1.75} aria-hidden />
          ) : (
            <CircleCheck size={16} strokeWidth={1.75} aria-hidden />
          )}
          {card.closed ? "Reopen" : "Close card"}
        </button>
        <button type="button" className="icon-button" aria-label="Close the dialog" onClick={close}>
          <X size={18} strokeWidth={1.75} aria-hidden />
        </button>
      </header>
      <CardTitle title={card.title} onRename={(title) => act(`${path}/rename`, { title })} />
      <CardFields card={card} columnId={place.columnId} view={view} act={act} move={move} />
      {failure && <Failure what="The comments could not be loaded" failure={failure} onRetry={refresh} />}
      <div className="card-columns">
        <Comments
          comments={comments}
          members={view.members}
          personId={personId}
          onComment={async (body) => (await act(`${path}/comments`, { body })) !== null}
        />
        <CardTimeline cardId={cardId} />
      </div>
    </Dialog>
  );
}

function NoSuchCard({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog className="card-dialog" label="No such card" onClose={onClose}>
      <h2>There is no such card</h2>
      <p>The link is older than this board, or was never one.</p>
      <button type="button" className="button button-primary" onClick={onClose}>
        Show the board
      </button>
    </Dialog>
  );
}
