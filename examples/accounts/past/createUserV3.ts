import { z } from "zod";
import { type ActionContext, type ActionValues, defineAction } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { person } from "../entities.ts";
import { insertLogin, insertPerson } from "../people.ts";
import { hashPassword } from "../secrets.ts";

const input = z.object({ name: z.string(), email: z.string(), password: z.string() });

/** Version 3: the address as it was typed, no newsletter, and nobody without a password. */
export const v3 = {
  kind: "create" as const,
  input,
  subject: ({ name }: z.output<typeof input>, values: ActionValues) => person(values.id(), name),
  sensitive: ["password", "captured.password_hash"] as const,
  run: async ({ name, email, password }: z.output<typeof input>, ctx: ActionContext<Tx>) => {
    const { id } = ctx.subject;
    const passwordHash = await ctx.capture("password_hash", () => hashPassword(password));
    await insertPerson(ctx.tx, { id, name, email, newsletter: false, createdAt: ctx.now() });
    await insertLogin(ctx.tx, { personId: id, strategy: "password", passwordHash, addedAt: ctx.now() });
    return { id };
  },
};

export const createUserV3 = defineAction("user.create_v3", { ...v3, ignore: true });
