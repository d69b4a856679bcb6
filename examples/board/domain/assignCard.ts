import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, card, user } from "../entities.ts";
import { cardAssigned, cardUnassigned } from "../events.ts";
import { type Change, unchanged } from "./change.ts";
import { lockCard } from "./lockCard.ts";
import { NotFound } from "./notFound.ts";

export const assignCard = defineAction("card.assign", {
  kind: "update",
  input: z.object({
    cardId: z.int(),
    /** Null takes the card from whoever has it. */
    memberId: z.string().nullable(),
  }),
  subject: ({ cardId }) => card(cardId),
  lock: "account",
  run: async ({ cardId, memberId }, ctx: ActionContext<Tx>): Promise<Change> => {
    const assigned = await lockCard(ctx.tx, cardId);
    if (assigned.assigneeId === memberId) return ctx.skip(unchanged);
    const next = memberId === null ? null : user(memberId, await memberName(ctx.tx, memberId));
    await ctx.tx.query("update cards set assignee_id = $2 where id = $1", [cardId, memberId]);
    const subject = card(cardId, assigned.title);
    const onBoard = board(assigned.boardId, assigned.boardName);
    const recorded = await ctx.record(
      next === null
        ? cardUnassigned({
            subject,
            refs: { assignee: user(assigned.assigneeId!, assigned.assigneeName), board: onBoard },
          })
        : cardAssigned({ subject, refs: { assignee: next, board: onBoard } }),
    );
    return { wrote: ["cards updated"], recorded };
  },
});

async function memberName(tx: Tx, id: string): Promise<string> {
  const { rows } = await tx.query<{ name: string }>("select name from members where id = $1", [id]);
  if (rows[0] === undefined) throw new NotFound("member", id);
  return rows[0].name;
}
