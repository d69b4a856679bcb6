import { z } from "zod";
import { type ActionContext, type AfterContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { magicLink, mailer } from "../entities.ts";
import { hashToken, newToken } from "../secrets.ts";
import { sendEmail } from "./sendEmail.ts";

const VALID_MS = 15 * 60_000;

const PERSON = `
  select people.id from people join logins on logins.person_id = people.id
   where people.email = $1 and logins.strategy = 'magic_link'`;

const INSERT_LINK = "insert into magic_links (id, person_id, token_hash, expires_at) values ($1, $2, $3, $4)";

/** Sends a link that signs in, once, within a quarter of an hour. */
export const requestMagicLink = defineAction("magic_link.request", {
  kind: "create",
  input: z.object({ email: z.email().toLowerCase() }),
  subject: (_input, ctx) => magicLink(ctx.id()),
  sensitive: ["captured.token"],
  sentence: (e) => sentence`${e.actor} asked for a link to sign in`,
  run: async ({ email }, ctx: ActionContext<Tx>) => {
    const { rows } = await ctx.tx.query<{ id: string }>(PERSON, [email]);
    // Whoever asks must not learn who is registered, so this is no error; but nothing happened, so it is no event either.
    if (rows[0] === undefined) return ctx.skip();
    const token = await ctx.capture("token", newToken);
    const expires = new Date(ctx.now().getTime() + VALID_MS);
    await ctx.tx.query(INSERT_LINK, [ctx.subject.id, rows[0].id, hashToken(token), expires]);
  },
  after: async ({ subject, data }, ctx: AfterContext<Tx>) => {
    const { rows } = await ctx.tx.query<{ person_id: string }>(
      "select person_id from magic_links where id = $1",
      [subject.id],
    );
    if (rows[0] === undefined) return;
    const token = z.string().parse(data.captured["token"]);
    const mail = { personId: rows[0].person_id, template: "magic_link", token } as const;
    await ctx.perform(sendEmail, mail, { actor: mailer });
  },
});
