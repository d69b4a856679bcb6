import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, card, column } from "../entities.ts";
import { cardReopened } from "../events.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export const reopenCard = defineAction("card.reopen", {
  kind: "update",
  input: z.object({ cardId: z.int() }),
  subject: ({ cardId }) => card(cardId),
  lock: "account",
  run: async ({ cardId }, ctx: ActionContext<Tx>): Promise<Change> => {
    const reopened = await lockCard(ctx.tx, cardId);
    if (!reopened.closed) return ctx.skip(unchanged);
    await ctx.tx.query("update cards set closed_at = null where id = $1", [cardId]);
    const recorded = await ctx.record(
      cardReopened({
        subject: card(cardId, reopened.title),
        refs: {
          column: column(reopened.columnId, reopened.columnName),
          board: board(reopened.boardId, reopened.boardName),
        },
      }),
    );
    return { wrote: ["cards updated"], recorded };
  },
});
