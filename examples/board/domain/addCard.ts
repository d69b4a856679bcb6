import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, card, column } from "../entities.ts";
import { cardAdded } from "../events.ts";
import type { Change } from "./change.ts";
import { nextId } from "./nextId.ts";
import { NotFound } from "./notFound.ts";

const LOCK_COLUMN = `
  select columns.name, boards.id as "boardId", boards.name as "boardName"
    from columns join boards on boards.id = columns.board_id
   where columns.id = $1
     for update of columns`;

const INSERT_CARD = `
  insert into cards (id, column_id, title, position) overriding system value
  select $1, $2, $3, coalesce(max(position) + 1, 0) from cards where column_id = $2`;

export const addCard = defineAction("card.add", {
  kind: "create",
  input: z.object({ columnId: z.string(), title: z.string() }),
  subject: ({ columnId }) => column(columnId),
  lock: "account",
  run: async ({ columnId, title }, ctx: ActionContext<Tx>): Promise<Change & { id: number }> => {
    const columns = await ctx.tx.query<{ name: string; boardId: string; boardName: string }>(LOCK_COLUMN, [
      columnId,
    ]);
    const target = columns.rows[0];
    if (target === undefined) throw new NotFound("column", columnId);
    const id = await ctx.capture("number", () => nextId(ctx.tx, "cards"));
    await ctx.tx.query(INSERT_CARD, [id, columnId, title]);
    ctx.about(card(id, title));
    const recorded = await ctx.record(
      cardAdded({
        subject: card(id, title),
        refs: { column: column(columnId, target.name), board: board(target.boardId, target.boardName) },
      }),
    );
    return { id, wrote: ["cards inserted"], recorded };
  },
});
