import type { PGlite } from "@electric-sql/pglite";
import { pglite } from "../../../src/db/pglite.ts";
import { type ActionContext, createTidings, defineAction } from "../../../src/index.ts";
import * as actions from "../actions.ts";
import type { Tx } from "../database.ts";
import { user } from "../entities.ts";
import { v1 } from "../past/createUserV1.ts";
import { v3 } from "../past/createUserV3.ts";
import { inputV2 } from "../past/splitUserV2.ts";
import { insertLogin, insertPerson } from "../people.ts";
import { hashPassword } from "../secrets.ts";

/** `user.create` as it was when each version was the newest. */
export const createUserThen = {
  1: defineAction("user.create", { ...v1, version: 1 }),
  2: defineAction("user.create", {
    kind: "create",
    version: 2,
    input: inputV2,
    subject: ({ name }, ctx) => user(ctx.id(), name),
    sensitive: ["password", "captured.password_hash"],
    run: async ({ name, email, password }, ctx: ActionContext<Tx>) => {
      const { id } = ctx.subject;
      const passwordHash = await ctx.capture("password_hash", () => hashPassword(password!));
      await insertPerson(ctx.tx, { id, name, email, newsletter: true, createdAt: ctx.now() });
      await insertLogin(ctx.tx, { personId: id, strategy: "password", passwordHash, addedAt: ctx.now() });
    },
  }),
  3: defineAction("user.create", { ...v3, version: 3 }),
};

/** The app in its first years: a process that knows only the version of its time. */
export function openPastApp(db: PGlite, version: 1 | 2 | 3, secretKey: string) {
  return createTidings({
    db: pglite(db),
    events: {},
    actions: { ...actions, createUser: createUserThen[version] },
    account: "example",
    secretKey,
  });
}
