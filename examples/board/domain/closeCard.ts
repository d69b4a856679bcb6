import type { Tx } from "../database/database.ts";
import { board, card, column } from "../entities.ts";
import { cardClosed } from "../events.ts";
import { tidings } from "../tidings.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export interface CloseCard {
  readonly cardId: number;
  readonly occurredAt?: Date | undefined;
}

export async function closeCard(tx: Tx, { cardId, occurredAt }: CloseCard): Promise<Change> {
  const closed = await lockCard(tx, cardId);
  if (closed.closed) return unchanged;
  await tx.query("update cards set closed_at = now() where id = $1", [cardId]);
  const recorded = await tidings.record(
    tx,
    cardClosed({
      subject: card(cardId, closed.title),
      refs: {
        column: column(closed.columnId, closed.columnName),
        board: board(closed.boardId, closed.boardName),
      },
      occurredAt,
    }),
  );
  return { wrote: ["cards updated"], recorded };
}
