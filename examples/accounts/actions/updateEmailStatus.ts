import { z } from "zod";
import { type ActionContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { email } from "../entities.ts";

/** What the mail service said. A replay takes it from here and asks nobody. */
export const updateEmailStatus = defineAction("email.update_status", {
  kind: "update",
  input: z.object({ emailId: z.uuid(), status: z.enum(["sent"]), receipt: z.string() }),
  subject: ({ emailId }) => email(emailId, "a mail"),
  sentence: (e) => sentence`${e.actor} noted that ${e.subject} was ${e.data.input.status}`,
  run: async ({ emailId, status, receipt }, ctx: ActionContext<Tx>) => {
    await ctx.tx.query("update emails set status = $2, receipt = $3, sent_at = $4 where id = $1", [
      emailId,
      status,
      receipt,
      ctx.now(),
    ]);
  },
});
