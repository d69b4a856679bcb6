import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, card } from "../entities.ts";
import { cardDueDateCleared, cardDueDateSet } from "../events.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export const setDueDate = defineAction("card.set_due_date", {
  kind: "update",
  input: z.object({
    cardId: z.int(),
    /** `2026-11-27`, or null for none. */
    due: z.iso.date().nullable(),
  }),
  subject: ({ cardId }) => card(cardId),
  lock: "account",
  run: async ({ cardId, due }, ctx: ActionContext<Tx>): Promise<Change> => {
    const dated = await lockCard(ctx.tx, cardId);
    if (dated.due === due) return ctx.skip(unchanged);
    await ctx.tx.query("update cards set due = $2 where id = $1", [cardId, due]);
    const subject = card(cardId, dated.title);
    const refs = { board: board(dated.boardId, dated.boardName) };
    const recorded = await ctx.record(
      due === null
        ? cardDueDateCleared({ subject, refs, data: { before: dated.due! } })
        : cardDueDateSet({ subject, refs, data: { due, before: dated.due } }),
    );
    return { wrote: ["cards updated"], recorded };
  },
});
