import type { Tx } from "../database/database.ts";
import { board, card, column } from "../entities.ts";
import { cardReopened } from "../events.ts";
import { tidings } from "../tidings.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export interface ReopenCard {
  readonly cardId: number;
  readonly occurredAt?: Date | undefined;
}

export async function reopenCard(tx: Tx, { cardId, occurredAt }: ReopenCard): Promise<Change> {
  const reopened = await lockCard(tx, cardId);
  if (!reopened.closed) return unchanged;
  await tx.query("update cards set closed_at = null where id = $1", [cardId]);
  const recorded = await tidings.record(
    tx,
    cardReopened({
      subject: card(cardId, reopened.title),
      refs: {
        column: column(reopened.columnId, reopened.columnName),
        board: board(reopened.boardId, reopened.boardName),
      },
      occurredAt,
    }),
  );
  return { wrote: ["cards updated"], recorded };
}
