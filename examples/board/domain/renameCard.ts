import type { Tx } from "../database/database.ts";
import { board, card } from "../entities.ts";
import { cardRenamed } from "../events.ts";
import { tidings } from "../tidings.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export interface RenameCard {
  readonly cardId: number;
  readonly title: string;
  readonly occurredAt?: Date | undefined;
}

export async function renameCard(tx: Tx, { cardId, title, occurredAt }: RenameCard): Promise<Change> {
  const renamed = await lockCard(tx, cardId);
  if (renamed.title === title) return unchanged;
  await tx.query("update cards set title = $2 where id = $1", [cardId, title]);
  const recorded = await tidings.record(
    tx,
    cardRenamed({
      subject: card(cardId, title),
      refs: { board: board(renamed.boardId, renamed.boardName) },
      data: { from: renamed.title, to: title },
      occurredAt,
    }),
  );
  return { wrote: ["cards updated"], recorded };
}
