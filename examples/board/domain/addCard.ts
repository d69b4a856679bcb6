import type { Tx } from "../database/database.ts";
import { board, card, column } from "../entities.ts";
import { cardAdded } from "../events.ts";
import { tidings } from "../tidings.ts";
import type { Change } from "./change.ts";
import { NotFound } from "./notFound.ts";

export interface AddCard {
  readonly columnId: string;
  readonly title: string;
  readonly occurredAt?: Date | undefined;
}

const LOCK_COLUMN = `
  select columns.name, boards.id as "boardId", boards.name as "boardName"
    from columns join boards on boards.id = columns.board_id
   where columns.id = $1
     for update of columns`;

const INSERT_CARD = `
  insert into cards (column_id, title, position)
  select $1, $2, coalesce(max(position) + 1, 0) from cards where column_id = $1
  returning id`;

export async function addCard(
  tx: Tx,
  { columnId, title, occurredAt }: AddCard,
): Promise<Change & { id: number }> {
  const columns = await tx.query<{ name: string; boardId: string; boardName: string }>(LOCK_COLUMN, [
    columnId,
  ]);
  const target = columns.rows[0];
  if (target === undefined) throw new NotFound("column", columnId);
  const { rows } = await tx.query<{ id: number }>(INSERT_CARD, [columnId, title]);
  const id = rows[0]!.id;
  const recorded = await tidings.record(
    tx,
    cardAdded({
      subject: card(id, title),
      refs: { column: column(columnId, target.name), board: board(target.boardId, target.boardName) },
      occurredAt,
    }),
  );
  return { id, wrote: ["cards inserted"], recorded };
}
