import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import {
  type ActionContext,
  type AfterContext,
  createTidings,
  defineAction,
  defineEntity,
  defineEvent,
  type Database,
  type ReplayDefaults,
  type Tidings,
} from "../../../src/index.ts";
import type { TestDatabase } from "../../support/testDatabase.ts";
import type { Tx } from "./shopTables.ts";

/** A club of members, for tests of single promises; random histories are the shop's. */
export const member = defineEntity("member");
export const person = defineEntity("person");
export const memberJoined = defineEvent("member.joined", { subject: member });

const clubTables = ["members", "badges"];
const clubSchema = `
create table members (
  account text not null, id text not null, name text not null, secret text, status text not null default 'new', joined_at timestamptz,
  primary key (account, id)
);
create table badges (account text not null, number serial, member text not null, label text not null, primary key (account, number));`;

/** What happened outside of the database, for tests that look whether it happens again. */
export interface Outside {
  mails: string[];
  runs: string[];
}

export type Club = ReturnType<typeof clubActions>;

export function clubActions(outside: Outside) {
  const createMember = defineAction("member.create", {
    kind: "create",
    version: 3,
    input: z.object({ name: z.string(), password: z.string() }),
    sensitive: ["password", "captured.hash"],
    subject: ({ name }, ctx) => member(ctx.id(), name),
    run: async ({ name, password }, ctx: ActionContext<Tx>) => {
      outside.runs.push(`create ${name}`);
      const hash = await ctx.capture("hash", () => hashed(password));
      await insertMember(ctx, { id: ctx.subject.id, name, secret: hash });
      await ctx.record(memberJoined({ subject: member(ctx.subject.id, name) }));
      return ctx.subject.id;
    },
    after: async (event, ctx: AfterContext<Tx>) =>
      void (await ctx.perform(sendWelcome, { to: event.subject.id })),
  });
  const sendWelcome = defineAction("mail.send", {
    kind: "create",
    input: z.object({ to: z.string() }),
    subject: ({ to }) => member(to),
    run: () => undefined,
    after: async ({ data }, ctx: AfterContext<Tx>) => {
      outside.mails.push(data.input.to);
      await ctx.perform(markMailed, { id: data.input.to });
    },
  });
  const markMailed = defineAction("mail.update_status", {
    kind: "update",
    input: z.object({ id: z.string() }),
    subject: ({ id }) => member(id),
    run: async ({ id }, ctx: ActionContext<Tx>) => {
      await ctx.tx.query("update members set status = 'mailed' where account = $1 and id = $2", [
        ctx.account,
        id,
      ]);
    },
  });
  const renameMember = defineAction("member.rename", {
    kind: "update",
    input: z.object({ id: z.string(), name: z.string() }),
    subject: ({ id, name }) => member(id, name),
    run: async ({ id, name }, ctx: ActionContext<Tx>) => {
      outside.runs.push(`rename ${name}`);
      if (name === "refused") throw new Error("this name is refused");
      await ctx.tx.query("update members set name = $3 where account = $1 and id = $2", [
        ctx.account,
        id,
        name,
      ]);
    },
  });
  const awardBadge = defineAction("badge.award", {
    kind: "create",
    input: z.object({ id: z.string(), label: z.string() }),
    subject: ({ id }) => member(id),
    run: async ({ id, label }, ctx: ActionContext<Tx>) => {
      await ctx.tx.query("insert into badges (account, member, label) values ($1, $2, $3)", [
        ctx.account,
        id,
        label,
      ]);
    },
  });
  /** Performs actions on others inside. */
  const awardAll = defineAction("badge.award_all", {
    kind: "create",
    input: z.object({ ids: z.array(z.string()), label: z.string() }),
    subject: ({ label }) => person(label),
    run: async ({ ids, label }, ctx: ActionContext<Tx>) => {
      for (const id of ids) await ctx.perform(awardBadge, { id, label });
    },
  });
  return { createMember, sendWelcome, markMailed, renameMember, awardBadge, awardAll };
}

export function hashed(password: string): string {
  const salt = randomBytes(8).toString("hex");
  return `${salt}.${createHash("sha256")
    .update(salt + password)
    .digest("hex")}`;
}

export async function insertMember(
  ctx: ActionContext<Tx>,
  { id, name, secret }: { id: string; name: string; secret: string | null },
): Promise<void> {
  await ctx.tx.query(
    "insert into members (account, id, name, secret, joined_at) values ($1, $2, $3, $4, $5)",
    [ctx.account, id, name, secret, ctx.now().toISOString()],
  );
}

/** The club's database with its tables. */
export async function createClubTables(db: Database): Promise<void> {
  await db.transaction((tx) => tx.execute(clubSchema));
}

export function createClub(
  { db }: TestDatabase,
  actions: object = clubActions({ mails: [], runs: [] }),
  replay: ReplayDefaults<Tx> = {},
  secretKey = Buffer.alloc(32, 1).toString("base64"),
): Tidings<Tx> {
  return createTidings({
    db: db as Database<Tx>,
    events: { memberJoined },
    actions,
    secretKey,
    replay: { clear: clubTables, tables: clubTables, leaseMs: 300, ...replay },
  });
}

export async function clubRows(db: Database, account?: string): Promise<string[]> {
  const rows = await db.query<{ row: string }>(
    `select row from (select account, 'member ' || id || ' ' || name || ' ' || status || coalesce(' ' || secret, '') || coalesce(' ' || joined_at, '') as row from members
      union all select account, 'badge ' || number || ' ' || member || ' ' || label from badges) all_rows
      where $1::text is null or account = $1 order by row collate "C"`,
    [account ?? null],
  );
  return rows.map(({ row }) => row);
}
