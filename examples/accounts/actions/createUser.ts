import { z } from "zod";
import { type ActionContext, defineAction, sentence } from "../../../src/index.ts";
import type { Tx } from "../database.ts";
import { mailer, person } from "../entities.ts";
import { insertLogin, insertPerson } from "../people.ts";
import { hashPassword } from "../secrets.ts";
import { sendEmail } from "./sendEmail.ts";

/** Somebody registers, with a password or without one. */
export const createUser = defineAction("user.create", {
  kind: "create",
  version: 4,
  input: z.object({
    name: z.string().trim().min(1).max(100),
    email: z.email().toLowerCase(),
    strategy: z.enum(["password", "magic_link"]),
    /** Null for the magic link. */
    password: z.string().min(8).nullable(),
    newsletter: z.boolean().default(false),
  }),
  subject: ({ name }, ctx) => person(ctx.id(), name),
  // Encrypted in the log: the password as it was typed, and the hash, with which one could go on guessing.
  sensitive: ["password", "captured.password_hash"],
  // The person is new, so a lock on the subject would hold up nobody: two who want one address wait for each other.
  lock: ({ email }) => email,
  sentence: (e) => sentence`${e.actor} registered ${e.subject}`,
  run: async ({ name, email, strategy, password, newsletter }, ctx: ActionContext<Tx>) => {
    const { id } = ctx.subject;
    await insertPerson(ctx.tx, { id, name, email, newsletter, createdAt: ctx.now() });
    // The salt is random. Captured, the hash is the same again when the action is replayed, and the password is not needed.
    const passwordHash = await ctx.capture("password_hash", () => password && hashPassword(password));
    await insertLogin(ctx.tx, { personId: id, strategy, passwordHash, addedAt: ctx.now() });
    return { id };
  },
  after: async (event, ctx) => {
    await ctx.perform(sendEmail, { personId: event.subject.id, template: "welcome" }, { actor: mailer });
  },
});
