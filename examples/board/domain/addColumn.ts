import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, column } from "../entities.ts";
import { columnAdded } from "../events.ts";
import type { Change } from "./change.ts";
import { NotFound } from "./notFound.ts";

const INSERT_COLUMN = `
  insert into columns (id, board_id, name, position)
  select $1, $2, $3, count(*)::int from columns where board_id = $2`;

export const addColumn = defineAction("column.add", {
  kind: "create",
  input: z.object({
    boardId: z.string(),
    name: z.string(),
    /** Default: one made up. */
    id: z.string().optional(),
  }),
  subject: ({ id, name }, ctx) => column(id ?? ctx.id(), name),
  lock: "account",
  run: async ({ boardId, name }, ctx: ActionContext<Tx>): Promise<Change> => {
    const boards = await ctx.tx.query<{ name: string }>("select name from boards where id = $1 for update", [
      boardId,
    ]);
    const boardName = boards.rows[0]?.name;
    if (boardName === undefined) throw new NotFound("board", boardId);
    const { id } = ctx.subject;
    await ctx.tx.query(INSERT_COLUMN, [id, boardId, name]);
    const recorded = await ctx.record(
      columnAdded({ subject: column(id, name), refs: { board: board(boardId, boardName) } }),
    );
    return { wrote: ["columns inserted"], recorded };
  },
});
