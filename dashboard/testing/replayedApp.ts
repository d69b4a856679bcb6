import type { Transaction as PGliteTransaction } from "@electric-sql/pglite";
import { z } from "zod";
import {
  defineAction,
  defineEntity,
  defineEvent,
  defineProjection,
  from,
  sentence,
  type ActionContext,
} from "../../src/index.ts";

// A help desk whose tables are made by actions: something to replay, to project and to look back at.

type Context = ActionContext<PGliteTransaction>;

export const schema = `
create table tickets (
  account text not null, id text not null, title text not null, status text not null, assignee text, note text,
  opened_at timestamptz not null,
  primary key (account, id)
);
create table labels (account text not null, ticket text not null, label text not null, primary key (account, ticket, label))`;

export const tables = [
  { table: "tickets", account: "account" },
  { table: "labels", account: "account" },
];

export async function clear(tx: PGliteTransaction, { account }: { account: string | null }): Promise<void> {
  await tx.query("delete from labels where account = $1", [account]);
  await tx.query("delete from tickets where account = $1", [account]);
}

export const user = defineEntity("user");
export const ticket = defineEntity("ticket", {
  icon: "ticket",
  state: {
    initial: { title: "", status: "none", assignee: null, labels: 0 } as TicketState,
    on: {
      "ticket.opened": (state, { data }) => ({ ...state, ...(data as { title: string }), status: "open" }),
      "ticket.assigned": (state, { refs }) => ({
        ...state,
        assignee: (refs as { to: { id: string } }).to.id,
      }),
      "ticket.labelled": (state) => ({ ...state, labels: state.labels + 1 }),
      "ticket.closed": (state, { data }) => ({ ...state, status: "closed", ...(data as { reason: string }) }),
    },
  },
});

export interface TicketState {
  readonly title: string;
  readonly status: string;
  readonly assignee: string | null;
  readonly labels: number;
  readonly reason?: string;
}

export const ticketOpened = defineEvent("ticket.opened", {
  subject: ticket,
  data: z.object({ title: z.string() }),
  sentence: (e) => sentence`${e.actor} opened ${e.subject}`,
});
export const ticketAssigned = defineEvent("ticket.assigned", {
  subject: ticket,
  refs: { to: user },
  sentence: (e) => sentence`${e.actor} assigned ${e.subject} to ${e.refs.to}`,
});
export const ticketLabelled = defineEvent("ticket.labelled", {
  subject: ticket,
  data: z.object({ label: z.string() }),
  sentence: (e) => sentence`${e.actor} labelled ${e.subject} ${e.data.label}`,
});
export const ticketClosed = defineEvent("ticket.closed", {
  subject: ticket,
  data: z.object({ reason: z.string() }),
  sentence: (e) => sentence`${e.actor} closed ${e.subject}: ${e.data.reason}`,
});
export const events = { user, ticket, ticketOpened, ticketAssigned, ticketLabelled, ticketClosed };

const openTicket = defineAction("ticket.open", {
  kind: "create",
  version: 2,
  input: z.object({ title: z.string() }),
  upcast: { 1: from(z.object({ subject: z.string() }), (old) => ({ title: old.subject })) },
  subject: ({ title }, ctx) => ticket(ctx.id(), title),
  run: async ({ title }, ctx: Context) => {
    await ctx.tx.query(
      "insert into tickets (account, id, title, status, opened_at) values ($1, $2, $3, 'open', $4)",
      [ctx.account, ctx.subject.id, title, ctx.now().toISOString()],
    );
    await ctx.record(ticketOpened({ subject: ticket(ctx.subject.id, title), data: { title } }));
    return ctx.subject.id;
  },
});

const onTicket = z.object({ id: z.string(), title: z.string() });

const assignTicket = defineAction("ticket.assign", {
  kind: "update",
  input: onTicket.extend({ to: z.string() }),
  subject: ({ id, title }) => ticket(id, title),
  run: async ({ id, title, to }, ctx: Context) => {
    await ctx.tx.query("update tickets set assignee = $3 where account = $1 and id = $2", [
      ctx.account,
      id,
      to,
    ]);
    await ctx.record(
      ticketAssigned({ subject: ticket(id, title), refs: { to: user(to.toLowerCase(), to) } }),
    );
  },
});

const labelTicket = defineAction("ticket.label", {
  kind: "update",
  input: onTicket.extend({ label: z.string() }),
  subject: ({ id, title }) => ticket(id, title),
  run: async ({ id, title, label }, ctx: Context) => {
    await ctx.tx.query("insert into labels values ($1, $2, $3)", [ctx.account, id, label]);
    await ctx.record(ticketLabelled({ subject: ticket(id, title), data: { label } }));
  },
});

const closeTicket = defineAction("ticket.close", {
  kind: "update",
  input: onTicket.extend({ reason: z.string() }),
  subject: ({ id, title }) => ticket(id, title),
  run: async ({ id, title, reason }, ctx: Context) => {
    await ctx.tx.query("update tickets set status = 'closed' where account = $1 and id = $2", [
      ctx.account,
      id,
    ]);
    await ctx.record(ticketClosed({ subject: ticket(id, title), data: { reason } }));
  },
});

export const actions = { openTicket, assignTicket, labelTicket, closeTicket };

/** Calls `check` with each ticket that is opened: what it throws stops a build. */
export const projectionsOf = (check: () => void) => ({
  openTickets: defineProjection("open_tickets", {
    events: [ticketOpened, ticketClosed],
    tables: { open_tickets: "(account text, id text, primary key (account, id))" },
    on: {
      "ticket.opened": async ({ account, subject }, { query, table }) => {
        check();
        await query(`insert into ${table("open_tickets")} values ($1, $2)`, [account, subject.id]);
      },
      "ticket.closed": async ({ account, subject }, { query, table }) => {
        await query(`delete from ${table("open_tickets")} where account = $1 and id = $2`, [
          account,
          subject.id,
        ]);
      },
    },
  }),
  workload: defineProjection("workload", {
    version: 2,
    events: [ticketAssigned],
    tables: {
      workload: "(account text, assignee text, tickets int not null, primary key (account, assignee))",
    },
    on: {
      "ticket.assigned": async ({ account, refs }, { query, table }) => {
        await query(
          `insert into ${table("workload")} as present values ($1, $2, 1)
           on conflict (account, assignee) do update set tickets = present.tickets + 1`,
          [account, refs.to.id],
        );
      },
    },
  }),
});
