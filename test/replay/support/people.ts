import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { defineEvent } from "../../../src/events/defineEvent.ts";
import { defineEntity } from "../../../src/events/entity.ts";
import type { ActionContext } from "../../../src/replay/actionContext.ts";
import { defineAction } from "../../../src/replay/defineAction.ts";

// A small app with state of its own: people, their passwords and their groups. Its handle is what both drivers have in common.

export interface Tx {
  query<Row>(sql: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

export const CREATE_PEOPLE = `
create table people (account text not null, id text not null, name text not null, email text, password_hash text,
                     lucky float8, created_at timestamptz not null, primary key (account, id));
create table members (account text not null, team text not null, person text not null, primary key (account, team, person))`;

export const person = defineEntity("person");
export const team = defineEntity("team");
export const ann = { type: "user", id: "ann", label: "Ann" } as const;

export const personJoined = defineEvent("person.joined", { subject: person, refs: { team } });

const INSERT = `insert into people (account, id, name, email, password_hash, lucky, created_at) values ($1, $2, $3, $4, $5, $6, $7)`;

/** Salted, so that no two runs give the same. */
export function hashPassword(password: string): string {
  const salt = randomBytes(8).toString("hex");
  return `${salt}.${createHash("sha256")
    .update(salt + password)
    .digest("hex")}`;
}

export const createPerson = defineAction("person.create", {
  kind: "create",
  input: z.object({ name: z.string().trim().min(1), email: z.string().optional(), password: z.string() }),
  subject: ({ name }, ctx) => person(ctx.id(), name),
  sensitive: ["password", "captured.hash"],
  run: async ({ name, email, password }, ctx: ActionContext<Tx>) => {
    const hash = await ctx.capture("hash", () => hashPassword(password));
    const values = [ctx.account, ctx.subject.id, name, email ?? null, hash, ctx.random(), ctx.now()];
    await ctx.tx.query(INSERT, values);
    return { id: ctx.subject.id };
  },
});

export const renamePerson = defineAction("person.rename", {
  kind: "update",
  input: z.object({ id: z.string(), name: z.string() }),
  subject: ({ id, name }) => person(id, name),
  run: async ({ id, name }, ctx: ActionContext<Tx>) => {
    const { rows } = await ctx.tx.query<{ name: string }>(
      "select name from people where account = $1 and id = $2 for update",
      [ctx.account, id],
    );
    const [found] = rows;
    if (!found) throw new RangeError(`nobody is called ${id}`);
    if (found.name === name) return ctx.skip("unchanged" as const);
    await ctx.tx.query("update people set name = $3 where account = $1 and id = $2", [ctx.account, id, name]);
    return "renamed" as const;
  },
});

export const removePerson = defineAction("person.remove", {
  kind: "destroy",
  input: z.object({ id: z.string() }),
  subject: ({ id }) => person(id),
  run: async ({ id }, ctx: ActionContext<Tx>) => {
    await ctx.tx.query("delete from people where account = $1 and id = $2", [ctx.account, id]);
  },
});

/** By e-mail address: only the database knows whom it meets. */
export const syncPerson = defineAction("person.sync", {
  kind: "upsert",
  input: z.object({ name: z.string(), email: z.string() }),
  subject: ({ name }, ctx) => person(ctx.id(), name),
  lock: ({ email }) => email,
  run: async ({ name, email }, ctx: ActionContext<Tx>) => {
    const { rows } = await ctx.tx.query<{ id: string }>(
      "update people set name = $3 where account = $1 and email = $2 returning id",
      [ctx.account, email, name],
    );
    if (rows[0]) ctx.about(person(rows[0].id, name));
    else await ctx.tx.query(INSERT, [ctx.account, ctx.subject.id, name, email, null, null, ctx.now()]);
    return { id: ctx.subject.id };
  },
});

export const joinTeam = defineAction("team.join", {
  kind: "update",
  input: z.object({ team: z.string(), person: z.string() }),
  subject: (input) => team(input.team),
  run: async (input, ctx: ActionContext<Tx>) => {
    await ctx.tx.query("insert into members (account, team, person) values ($1, $2, $3)", [
      ctx.account,
      input.team,
      input.person,
    ]);
    const [joined] = await ctx.record(
      personJoined({ subject: person(input.person), refs: { team: team(input.team) } }),
    );
    return { event: joined.id };
  },
});

/** An action that is made of others. */
export const invitePerson = defineAction("team.invite", {
  kind: "update",
  input: z.object({ team: z.string(), name: z.string() }),
  subject: (input) => team(input.team),
  run: async (input, ctx: ActionContext<Tx>) => {
    const created = await ctx.perform(createPerson, { name: input.name, password: "to be chosen" });
    await ctx.perform(joinTeam, { team: input.team, person: created.result.id });
    return created.result;
  },
});

export const events = { personJoined, person, team };
export const actions = {
  createPerson,
  renamePerson,
  removePerson,
  syncPerson,
  joinTeam,
  invitePerson,
};
