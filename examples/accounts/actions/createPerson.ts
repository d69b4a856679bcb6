import { z } from "zod";
import { type ActionContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { person } from "../entities.ts";
import { insertPerson } from "../people.ts";

/** Somebody is entered who cannot sign in yet. */
export const createPerson = defineAction("person.create", {
  kind: "create",
  input: z.object({ name: z.string(), email: z.email(), newsletter: z.boolean() }),
  subject: ({ name }, ctx) => person(ctx.id(), name),
  lock: ({ email }) => email,
  sentence: (e) => sentence`${e.actor} entered ${e.subject}`,
  run: async (input, ctx: ActionContext<Tx>) => {
    await insertPerson(ctx.tx, { ...input, id: ctx.subject.id, createdAt: ctx.now() });
    return { id: ctx.subject.id };
  },
});
