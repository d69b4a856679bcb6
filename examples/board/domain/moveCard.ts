import type { Tx } from "../database/database.ts";
import { board, card, column } from "../entities.ts";
import { cardMoved, cardReordered } from "../events.ts";
import { tidings } from "../tidings.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";
import { NotFound } from "./notFound.ts";

export interface MoveCard {
  readonly cardId: number;
  readonly columnId: string;
  /** The place among the column's other cards, 0 for the top. Beyond the end means the bottom. */
  readonly index: number;
  readonly occurredAt?: Date | undefined;
}

/** To another column it is `card.moved`; within the same one `card.reordered`, which reads differently. */
export async function moveCard(tx: Tx, { cardId, columnId, index, occurredAt }: MoveCard): Promise<Change> {
  const moving = await lockCard(tx, cardId);
  const target = await tx.query<{ name: string }>("select name from columns where id = $1", [columnId]);
  const columnName = target.rows[0]?.name;
  if (columnName === undefined) throw new NotFound("column", columnId);

  const order = await cardsOf(tx, columnId);
  const before = order.indexOf(cardId);
  const others = order.filter((id) => id !== cardId);
  const after = Math.min(index, others.length);
  if (before === after) return unchanged;

  await arrange(tx, columnId, others.toSpliced(after, 0, cardId));
  const subject = card(cardId, moving.title);
  const onBoard = board(moving.boardId, moving.boardName);
  const to = column(columnId, columnName);
  const recorded = await tidings.record(
    tx,
    before === -1
      ? cardMoved({
          subject,
          refs: { from: column(moving.columnId, moving.columnName), to, board: onBoard },
          data: { position: after },
          occurredAt,
        })
      : cardReordered({
          subject,
          refs: { column: to, board: onBoard },
          data: { from: before, to: after, cards: order.length },
          occurredAt,
        }),
  );
  return { wrote: ["cards updated"], recorded };
}

/** Locked in id order: two moves within one column would otherwise wait for each other's cards. */
async function cardsOf(tx: Tx, columnId: string): Promise<number[]> {
  const { rows } = await tx.query<{ id: number; position: number }>(
    "select id, position from cards where column_id = $1 order by id for update",
    [columnId],
  );
  return rows.toSorted((a, b) => a.position - b.position || a.id - b.id).map((row) => row.id);
}

const ARRANGE = `
  update cards set column_id = $1, position = place.ordinality - 1
    from unnest($2::int[]) with ordinality as place (id, ordinality)
   where cards.id = place.id`;

async function arrange(tx: Tx, columnId: string, order: readonly number[]): Promise<void> {
  await tx.query(ARRANGE, [columnId, order]);
}
