import { z } from "zod";
import { type ActionContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { login } from "../entities.ts";
import { insertLogin } from "../people.ts";
import { hashPassword } from "../secrets.ts";

/** Another way to sign in, for somebody who is there already. */
export const addLogin = defineAction("login.add", {
  kind: "create",
  input: z.object({
    personId: z.uuid(),
    strategy: z.enum(["password", "magic_link"]),
    password: z.string().nullable().default(null),
  }),
  subject: ({ personId, strategy }) => login(`${personId}/${strategy}`, strategy),
  sensitive: ["password", "captured.password_hash"],
  sentence: (e) => sentence`${e.actor} added the login ${e.subject}`,
  run: async ({ personId, strategy, password }, ctx: ActionContext<Tx>) => {
    const passwordHash = await ctx.capture("password_hash", () => password && hashPassword(password));
    await insertLogin(ctx.tx, { personId, strategy, passwordHash, addedAt: ctx.now() });
  },
});
