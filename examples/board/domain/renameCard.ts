import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, card } from "../entities.ts";
import { cardRenamed } from "../events.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export const renameCard = defineAction("card.rename", {
  kind: "update",
  input: z.object({ cardId: z.int(), title: z.string() }),
  subject: ({ cardId, title }) => card(cardId, title),
  lock: "account",
  run: async ({ cardId, title }, ctx: ActionContext<Tx>): Promise<Change> => {
    const renamed = await lockCard(ctx.tx, cardId);
    if (renamed.title === title) return ctx.skip(unchanged);
    await ctx.tx.query("update cards set title = $2 where id = $1", [cardId, title]);
    const recorded = await ctx.record(
      cardRenamed({
        subject: card(cardId, title),
        refs: { board: board(renamed.boardId, renamed.boardName) },
        data: { from: renamed.title, to: title },
      }),
    );
    return { wrote: ["cards updated"], recorded };
  },
});
