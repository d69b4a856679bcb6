import type { Tx } from "../database/database.ts";
import { board, card } from "../entities.ts";
import { cardDueDateCleared, cardDueDateSet } from "../events.ts";
import { tidings } from "../tidings.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export interface SetDueDate {
  readonly cardId: number;
  /** `2026-11-27`, or null for none. */
  readonly due: string | null;
  readonly occurredAt?: Date | undefined;
}

export async function setDueDate(tx: Tx, { cardId, due, occurredAt }: SetDueDate): Promise<Change> {
  const dated = await lockCard(tx, cardId);
  if (dated.due === due) return unchanged;
  await tx.query("update cards set due = $2 where id = $1", [cardId, due]);
  const subject = card(cardId, dated.title);
  const refs = { board: board(dated.boardId, dated.boardName) };
  const recorded = await tidings.record(
    tx,
    due === null
      ? cardDueDateCleared({ subject, refs, data: { before: dated.due! }, occurredAt })
      : cardDueDateSet({ subject, refs, data: { due, before: dated.due }, occurredAt }),
  );
  return { wrote: ["cards updated"], recorded };
}
