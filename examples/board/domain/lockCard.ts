import type { Tx } from "../database/database.ts";
import { NotFound } from "./notFound.ts";

export interface LockedCard {
  readonly id: number;
  readonly title: string;
  readonly position: number;
  readonly due: string | null;
  readonly closed: boolean;
  readonly columnId: string;
  readonly columnName: string;
  readonly boardId: string;
  readonly boardName: string;
  readonly assigneeId: string | null;
  readonly assigneeName: string | null;
}

const LOCK_CARD = `
  select cards.id, cards.title, cards.position, cards.due::text as due, cards.closed_at is not null as closed,
         columns.id as "columnId", columns.name as "columnName",
         boards.id as "boardId", boards.name as "boardName",
         members.id as "assigneeId", members.name as "assigneeName"
    from cards
    join columns on columns.id = cards.column_id
    join boards on boards.id = columns.board_id
    left join members on members.id = cards.assignee_id
   where cards.id = $1
     for update of cards`;

/** Reads a card and keeps it still until the transaction ends, so that "did anything change?" has one answer. */
export async function lockCard(tx: Tx, id: number): Promise<LockedCard> {
  const { rows } = await tx.query<LockedCard>(LOCK_CARD, [id]);
  if (rows[0] === undefined) throw new NotFound("card", id);
  return rows[0];
}
