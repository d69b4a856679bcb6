import type { Tx } from "../database/database.ts";
import { board, card, user } from "../entities.ts";
import { cardAssigned, cardUnassigned } from "../events.ts";
import { tidings } from "../tidings.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";
import { NotFound } from "./notFound.ts";

export interface AssignCard {
  readonly cardId: number;
  /** Null takes the card from whoever has it. */
  readonly memberId: string | null;
  readonly occurredAt?: Date | undefined;
}

export async function assignCard(tx: Tx, { cardId, memberId, occurredAt }: AssignCard): Promise<Change> {
  const assigned = await lockCard(tx, cardId);
  if (assigned.assigneeId === memberId) return unchanged;
  const next = memberId === null ? null : user(memberId, await memberName(tx, memberId));
  await tx.query("update cards set assignee_id = $2 where id = $1", [cardId, memberId]);
  const subject = card(cardId, assigned.title);
  const onBoard = board(assigned.boardId, assigned.boardName);
  const recorded = await tidings.record(
    tx,
    next === null
      ? cardUnassigned({
          subject,
          refs: { assignee: user(assigned.assigneeId!, assigned.assigneeName), board: onBoard },
          occurredAt,
        })
      : cardAssigned({ subject, refs: { assignee: next, board: onBoard }, occurredAt }),
  );
  return { wrote: ["cards updated"], recorded };
}

async function memberName(tx: Tx, id: string): Promise<string> {
  const { rows } = await tx.query<{ name: string }>("select name from members where id = $1", [id]);
  if (rows[0] === undefined) throw new NotFound("member", id);
  return rows[0].name;
}
