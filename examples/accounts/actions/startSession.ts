import { z } from "zod";
import { type ActionContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { session } from "../entities.ts";
import { hashToken, isPassword, newToken } from "../secrets.ts";

/** The password is wrong, or the link is unknown, used or too old. It is not said which. */
export class WrongCredentials extends Error {
  override readonly name = "WrongCredentials";

  constructor() {
    super("That did not sign you in. Try again, or ask for a new link.");
  }
}

const input = z.object({
  email: z.email().toLowerCase(),
  strategy: z.enum(["password", "magic_link"]),
  /** The password, or the token of the link. */
  secret: z.string(),
});

/** Somebody signs in, by either strategy. */
export const startSession = defineAction("session.start", {
  kind: "create",
  input,
  subject: ({ strategy }, ctx) => session(ctx.id(), strategy),
  sensitive: ["secret", "captured.token"],
  sentence: (e) => sentence`${e.actor} signed in by ${e.subject}`,
  run: async (given, ctx: ActionContext<Tx>) => {
    // What was found out then is captured: a replay neither checks passwords again nor needs them.
    const { personId, linkId } = await ctx.capture("proof", () => prove(ctx.tx, given, ctx.now()));
    const token = await ctx.capture("token", newToken);
    await ctx.tx.query(
      "insert into sessions (id, person_id, strategy, token_hash, started_at) values ($1, $2, $3, $4, $5)",
      [ctx.subject.id, personId, given.strategy, hashToken(token), ctx.now()],
    );
    await ctx.tx.query("update magic_links set used_at = $2 where id = $1", [linkId, ctx.now()]);
    return { personId, token };
  },
});

interface Proof {
  readonly personId: string;
  /** The link that was used; null where it was a password. */
  readonly linkId: string | null;
}

async function prove(tx: Tx, { email, strategy, secret }: z.output<typeof input>, now: Date): Promise<Proof> {
  const proof =
    strategy === "password" ? await byPassword(tx, email, secret) : await byLink(tx, email, secret, now);
  if (proof === null) throw new WrongCredentials();
  return proof;
}

const PASSWORD = `
  select people.id, logins.password_hash from people join logins on logins.person_id = people.id
   where people.email = $1 and logins.strategy = 'password'`;

async function byPassword(tx: Tx, email: string, password: string): Promise<Proof | null> {
  const { rows } = await tx.query<{ id: string; password_hash: string }>(PASSWORD, [email]);
  const [found] = rows;
  if (found === undefined || !(await isPassword(password, found.password_hash))) return null;
  return { personId: found.id, linkId: null };
}

const LINK = `
  select magic_links.id, people.id as person_id
    from magic_links join people on people.id = magic_links.person_id
   where people.email = $1 and token_hash = $2 and used_at is null and expires_at > $3
     for update of magic_links`;

async function byLink(tx: Tx, email: string, token: string, now: Date): Promise<Proof | null> {
  const { rows } = await tx.query<{ id: string; person_id: string }>(LINK, [email, hashToken(token), now]);
  return rows[0] ? { personId: rows[0].person_id, linkId: rows[0].id } : null;
}
