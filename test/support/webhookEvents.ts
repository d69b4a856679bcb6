import { z } from "zod";
import { defineEvent } from "../../src/events/defineEvent.ts";
import { defineEntity, many, oneOf, optional } from "../../src/events/entity.ts";
import { sentence } from "../../src/events/sentence.ts";

// What webhooks can differ in: public keys, shapes, schemas that refer to themselves, types that never go out.

export const member = defineEntity("member", { publicId: (id) => `mem_${id}x` });
export const team = defineEntity("team");
export const invoice = defineEntity("invoice", {
  publicId: (id) => `inv_${Number(id) + 1000}`,
  url: (id) => `https://app.example/invoices/${id}`,
});

const line = z.object({
  name: z.string(),
  get parts() {
    return z.array(line).optional();
  },
});

export const invoiceSent = defineEvent("invoice.sent", {
  subject: invoice,
  refs: { to: member, copies: many(member), via: optional(team), by: oneOf(member, team) },
  data: z.object({
    amount: z.number(),
    currency: z.enum(["EUR", "USD"]),
    lines: z.array(line),
    note: z.string().nullable().optional().describe("Free text. */ <b>"),
    totals: z.record(z.string(), z.number()),
    pair: z.tuple([z.string(), z.number()]),
    "odd-name": z.union([z.literal("a"), z.int()]),
  }),
  sentence: (e) => sentence`${e.actor} sent ${e.subject} over ${e.data.amount} to ${e.refs.to}`,
  description: "An invoice went out.",
  aliases: ["invoice_mailed"],
  example: {
    amount: 12.5,
    currency: "EUR",
    lines: [{ name: "Work", parts: [{ name: "Night" }] }],
    totals: { net: 10 },
    pair: ["a", 1],
    "odd-name": 3,
  },
});

/** Receivers saw `cents` first, then `amount`. What is stored is neither. */
export const invoicePaid = defineEvent("invoice.paid", {
  version: 1,
  subject: invoice,
  data: z.object({ millis: z.number(), secret: z.string() }),
  webhook: [
    {
      version: 3,
      write: (e) => ({ amount: e.data.millis / 1_000, invoice: e.subject.id }),
      schema: z.object({ amount: z.number(), invoice: z.string() }),
    },
    {
      version: 1,
      write: (e) => ({ cents: e.data.millis / 10 }),
      schema: { type: "object", properties: { cents: { type: "number" } }, required: ["cents"] },
    },
  ],
});

export const invoiceNoted = defineEvent("invoice.noted", { subject: invoice, webhook: false });
export const jobRan = defineEvent("job.ran", { subject: team, lane: "system" });
export const jobFailed = defineEvent("job.failed", { subject: team, lane: "system", webhook: true });

export const events = { member, team, invoice, invoiceSent, invoicePaid, invoiceNoted, jobRan, jobFailed };
