import { z } from "zod";
import { type ActionContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { person } from "../entities.ts";

export const renamePerson = defineAction("person.rename", {
  kind: "update",
  input: z.object({ personId: z.uuid(), name: z.string().trim().min(1).max(100) }),
  subject: ({ personId, name }) => person(personId, name),
  sentence: (e) => sentence`${e.actor} renamed a person to ${e.subject}`,
  run: async ({ personId, name }, ctx: ActionContext<Tx>) => {
    await ctx.tx.query("update people set name = $2 where id = $1", [personId, name]);
  },
});
