import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, card, column } from "../entities.ts";
import { cardMoved, cardReordered } from "../events.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";
import { NotFound } from "./notFound.ts";

/** To another column it is `card.moved`; within the same one `card.reordered`, which reads differently. */
export const moveCard = defineAction("card.move", {
  kind: "update",
  input: z.object({
    cardId: z.int(),
    columnId: z.string(),
    /** The place among the column's other cards, 0 for the top. Beyond the end means the bottom. */
    index: z.int().min(0),
  }),
  subject: ({ cardId }) => card(cardId),
  // Not the card alone: others are pushed aside, and the log must have two moves in the order in which they were made.
  lock: "account",
  run: async ({ cardId, columnId, index }, ctx: ActionContext<Tx>): Promise<Change> => {
    const order = await lockOrder(ctx.tx, columnId, cardId);
    const moving = await lockCard(ctx.tx, cardId);
    const target = await ctx.tx.query<{ name: string }>("select name from columns where id = $1", [columnId]);
    const columnName = target.rows[0]?.name;
    if (columnName === undefined) throw new NotFound("column", columnId);

    const before = order.indexOf(cardId);
    const others = order.filter((id) => id !== cardId);
    const after = Math.min(index, others.length);
    if (before === after) return ctx.skip(unchanged);

    await arrange(ctx.tx, columnId, others.toSpliced(after, 0, cardId));
    const subject = card(cardId, moving.title);
    const onBoard = board(moving.boardId, moving.boardName);
    const to = column(columnId, columnName);
    const recorded = await ctx.record(
      before === -1
        ? cardMoved({
            subject,
            refs: { from: column(moving.columnId, moving.columnName), to, board: onBoard },
            data: { position: after },
          })
        : cardReordered({
            subject,
            refs: { column: to, board: onBoard },
            data: { from: before, to: after, cards: order.length },
          }),
    );
    return { wrote: ["cards updated"], recorded };
  },
});

const LOCK_ORDER = `
  select id, position, column_id as "columnId" from cards
   where column_id = $1 or id = $2
   order by id for update`;

/**
 * The column's cards from top to bottom. Locked in id order and together with the one that moves: two moves would
 * otherwise each hold a card that the other waits for.
 */
async function lockOrder(tx: Tx, columnId: string, cardId: number): Promise<number[]> {
  const { rows } = await tx.query<{ id: number; position: number; columnId: string }>(LOCK_ORDER, [
    columnId,
    cardId,
  ]);
  const ofColumn = rows.filter((row) => row.columnId === columnId);
  return ofColumn.toSorted((a, b) => a.position - b.position || a.id - b.id).map((row) => row.id);
}

const ARRANGE = `
  update cards set column_id = $1, position = place.ordinality - 1
    from unnest($2::int[]) with ordinality as place (id, ordinality)
   where cards.id = place.id`;

async function arrange(tx: Tx, columnId: string, order: readonly number[]): Promise<void> {
  await tx.query(ARRANGE, [columnId, order]);
}
