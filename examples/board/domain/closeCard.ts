import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, card, column } from "../entities.ts";
import { cardClosed } from "../events.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export const closeCard = defineAction("card.close", {
  kind: "update",
  input: z.object({ cardId: z.int() }),
  subject: ({ cardId }) => card(cardId),
  lock: "account",
  run: async ({ cardId }, ctx: ActionContext<Tx>): Promise<Change> => {
    const closed = await lockCard(ctx.tx, cardId);
    if (closed.closed) return ctx.skip(unchanged);
    await ctx.tx.query("update cards set closed_at = $2 where id = $1", [cardId, ctx.now()]);
    const recorded = await ctx.record(
      cardClosed({
        subject: card(cardId, closed.title),
        refs: {
          column: column(closed.columnId, closed.columnName),
          board: board(closed.boardId, closed.boardName),
        },
      }),
    );
    return { wrote: ["cards updated"], recorded };
  },
});
