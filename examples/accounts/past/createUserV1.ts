import { z } from "zod";
import { type ActionContext, type ActionValues, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { user } from "../entities.ts";
import { insertLogin, insertPerson } from "../people.ts";
import { hashPassword } from "../secrets.ts";

const input = z.object({
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  password: z.string(),
});

/** Version 1: two names, and everybody got the newsletter. What it did then it does now, to the tables of today. */
export const v1 = {
  kind: "create" as const,
  input,
  subject: ({ firstName, lastName }: z.output<typeof input>, values: ActionValues) =>
    user(values.id(), `${firstName} ${lastName}`),
  sensitive: ["password", "captured.hash"] as const,
  run: async ({ firstName, lastName, email, password }: z.output<typeof input>, ctx: ActionContext<Tx>) => {
    const { id } = ctx.subject;
    const hash = await ctx.capture("hash", () => hashPassword(password));
    const name = `${firstName} ${lastName}`;
    await insertPerson(ctx.tx, { id, name, email, newsletter: true, createdAt: ctx.now() });
    await insertLogin(ctx.tx, {
      personId: id,
      strategy: "password",
      passwordHash: hash,
      addedAt: ctx.now(),
    });
    return { id };
  },
};

/** Nobody performs it any more: `ignore` keeps it for the history alone. */
export const createUserV1 = defineAction("user.create_v1", { ...v1, ignore: true });
