import { z } from "zod";
import { type ActionContext, type AfterContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { email, mailer } from "../entities.ts";
import { mailService } from "../mailService.ts";
import { updateEmailStatus } from "./updateEmailStatus.ts";

/** An effect as an action of its own: the log knows that a mail was wanted, and what became of it. */
export const sendEmail = defineAction("email.send", {
  kind: "create",
  input: z.object({
    personId: z.uuid(),
    template: z.enum(["welcome", "magic_link"]),
    /** What the template puts in. */
    token: z.string().nullable().default(null),
  }),
  subject: ({ template }, ctx) => email(ctx.id(), template),
  sensitive: ["token"],
  sentence: (e) => sentence`${e.actor} took on the mail “${e.subject}”`,
  run: async ({ personId, template }, ctx: ActionContext<Tx>) => {
    await ctx.tx.query(
      "insert into emails (id, person_id, template, status, queued_at) values ($1, $2, $3, 'queued', $4)",
      [ctx.subject.id, personId, template, ctx.now()],
    );
  },
  after: async ({ subject, data }, ctx: AfterContext<Tx>) => {
    const { personId, template, token } = data.input;
    const { rows } = await ctx.tx.query<{ email: string }>("select email from people where id = $1", [
      personId,
    ]);
    // Removed meanwhile.
    if (rows[0] === undefined) return;
    // At least once: after a crash this runs again, with the same id, by which the service knows the mail.
    const { receipt } = await mailService.send(ctx.id, { to: rows[0].email, template, token });
    await ctx.perform(updateEmailStatus, { emailId: subject.id, status: "sent", receipt }, { actor: mailer });
  },
});
