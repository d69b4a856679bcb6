import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, card, comment } from "../entities.ts";
import { commentAdded } from "../events.ts";
import type { Change } from "./change.ts";
import { lockCard } from "./lockCard.ts";
import { nextId } from "./nextId.ts";

const INSERT_COMMENT = `
  insert into comments (id, card_id, author_id, body, written_at) overriding system value
  values ($1, $2, $3, $4, $5)`;

export const commentOnCard = defineAction("card.comment", {
  kind: "create",
  input: z.object({ cardId: z.int(), authorId: z.string(), body: z.string() }),
  subject: ({ cardId }) => card(cardId),
  lock: "account",
  run: async ({ cardId, authorId, body }, ctx: ActionContext<Tx>): Promise<Change> => {
    const discussed = await lockCard(ctx.tx, cardId);
    const id = await ctx.capture("number", () => nextId(ctx.tx, "comments"));
    await ctx.tx.query(INSERT_COMMENT, [id, cardId, authorId, body, ctx.now()]);
    const recorded = await ctx.record(
      commentAdded({
        subject: comment(id),
        refs: { card: card(cardId, discussed.title), board: board(discussed.boardId, discussed.boardName) },
        data: { excerpt: excerptOf(body) },
      }),
    );
    return { wrote: ["comments inserted"], recorded };
  },
});

/** As much as a sentence in the feed can show. */
function excerptOf(body: string): string {
  const line = body.replaceAll(/\s+/g, " ");
  return line.length <= 120 ? line : `${[...line].slice(0, 100).join("").trimEnd()}…`;
}
