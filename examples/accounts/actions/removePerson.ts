import { z } from "zod";
import { type ActionContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { person } from "../entities.ts";

/** Everything of theirs goes with them. Their history stays: nothing cascades into the log. */
export const removePerson = defineAction("person.remove", {
  kind: "destroy",
  input: z.object({ personId: z.uuid() }),
  subject: ({ personId }) => person(personId),
  sentence: (e) => sentence`${e.actor} removed ${e.subject}`,
  run: async ({ personId }, ctx: ActionContext<Tx>) => {
    for (const table of ["emails", "sessions", "magic_links", "logins"]) {
      await ctx.tx.query(`delete from ${table} where person_id = $1`, [personId]);
    }
    const { rows } = await ctx.tx.query<{ name: string }>("delete from people where id = $1 returning name", [
      personId,
    ]);
    if (rows[0] === undefined) return ctx.skip();
    // Known only now: the log keeps the name that this person had.
    ctx.about(person(personId, rows[0].name));
  },
});
