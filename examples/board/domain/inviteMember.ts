import { z } from "zod";
import { type ActionContext, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import { board, user } from "../entities.ts";
import { memberInvited } from "../events.ts";
import { type Change, unchanged } from "./change.ts";
import { NotFound } from "./notFound.ts";

/** Hues far enough apart that neighbours in the list of members are told from each other. */
const HUES = [255, 150, 325, 60, 195, 20, 290, 110];

const INSERT_MEMBER = `
  insert into members (id, name, hue, joined_at)
  select $1, $2, ($3::int[])[1 + count(*) % array_length($3::int[], 1)], $4 from members
  on conflict (id) do nothing
  returning id`;

/** Inviting somebody who is already there changes nothing. */
export const inviteMember = defineAction("member.invite", {
  kind: "create",
  input: z.object({ boardId: z.string(), name: z.string() }),
  subject: ({ name }) => user(idFrom(name), name),
  lock: "account",
  run: async ({ boardId, name }, ctx: ActionContext<Tx>): Promise<Change> => {
    const boards = await ctx.tx.query<{ name: string }>("select name from boards where id = $1", [boardId]);
    const boardName = boards.rows[0]?.name;
    if (boardName === undefined) throw new NotFound("board", boardId);
    const { id } = ctx.subject;
    const { rows } = await ctx.tx.query(INSERT_MEMBER, [id, name, HUES, ctx.now()]);
    if (rows.length === 0) return ctx.skip(unchanged);
    const recorded = await ctx.record(
      memberInvited({ subject: user(id, name), refs: { board: board(boardId, boardName) } }),
    );
    return { wrote: ["members inserted"], recorded };
  },
});

function idFrom(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
}
