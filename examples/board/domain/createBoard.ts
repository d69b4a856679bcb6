import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board } from "../entities.ts";
import { boardCreated } from "../events.ts";
import type { Change } from "./change.ts";

const INSERT_COLUMN = "insert into columns (id, board_id, name, position) values ($1, $2, $3, $4)";
const INSERT_OWNER = `
  insert into members (id, name, hue, joined_at) values ($1, $2, $3, $4) on conflict (id) do nothing`;

/** A board begins with its owner and its columns: they are part of creating it, so it is one event. */
export const createBoard = defineAction("board.create", {
  kind: "create",
  input: z.object({
    id: z.string(),
    name: z.string(),
    owner: z.object({ id: z.string(), name: z.string(), hue: z.int() }),
    columns: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
  subject: ({ id, name }) => board(id, name),
  lock: "account",
  run: async ({ id, name, owner, columns }, ctx: ActionContext<Tx>): Promise<Change> => {
    await ctx.tx.query("insert into boards (id, name) values ($1, $2)", [id, name]);
    await ctx.tx.query(INSERT_OWNER, [owner.id, owner.name, owner.hue, ctx.now()]);
    for (const [position, column] of columns.entries()) {
      await ctx.tx.query(INSERT_COLUMN, [column.id, id, column.name, position]);
    }
    const recorded = await ctx.record(boardCreated({ subject: board(id, name) }));
    return { wrote: ["boards, members and columns inserted"], recorded };
  },
});
