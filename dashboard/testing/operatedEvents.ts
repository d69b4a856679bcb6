import { z } from "zod";
import { defineEntity, defineEvent, from, many, optional, sentence } from "../../src/index.ts";

// An app with something of everything that the catalog can show: lanes, versions, shapes, older names.

export const user = defineEntity("user");
export const card = defineEntity("card", { icon: "square" });
export const column = defineEntity("column");
export const invoice = defineEntity("invoice", { publicId: (id) => `inv_${id}` });
export const job = defineEntity("job");

export const cardAdded = defineEvent("card.added", {
  subject: card,
  refs: { column },
  sentence: (e) => sentence`${e.actor} added ${e.subject} to ${e.refs.column}`,
  description: "A new card lies at the bottom of a column.",
});

export const cardMoved = defineEvent("card.moved", {
  version: 2,
  subject: card,
  refs: { from: column, to: column },
  data: z.object({ position: z.int().min(0) }),
  upcast: { 1: from(z.object({ index: z.int() }), (old) => ({ position: old.index })) },
  sentence: (e) => sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to}`,
  description: "A card went from one column to another.",
  aliases: ["card_moved"],
  example: { position: 0 },
});

export const cardClosed = defineEvent("card.closed", {
  subject: card,
  sentence: (e) => sentence`${e.actor} closed ${e.subject}`,
  description: "The work on a card is finished. It stays in its column.",
});

export const commentAdded = defineEvent("comment.added", {
  subject: card,
  refs: { mentioned: many(user) },
  data: z.object({ excerpt: z.string().max(120).describe("The first 120 characters of the comment.") }),
  sentence: (e) => sentence`${e.actor} commented on ${e.subject}: “${e.data.excerpt}”`,
  description: "Somebody wrote a comment on a card.",
  example: { excerpt: "It only fails when the clock passes midnight." },
});

export const invoicePaid = defineEvent("invoice.paid", {
  subject: invoice,
  refs: { by: optional(user) },
  data: z.object({
    cents: z.int().min(0),
    currency: z.enum(["EUR", "USD"]),
    lines: z.array(z.object({ name: z.string(), cents: z.int() })),
    note: z.string().max(500).nullable().optional(),
  }),
  webhook: [
    {
      version: 1,
      write: (e) => ({ amount: e.data.cents / 100 }),
      schema: z.object({ amount: z.number() }),
    },
    {
      version: 2,
      write: (e) => ({ cents: e.data.cents, currency: e.data.currency }),
      schema: z.object({ cents: z.int(), currency: z.string() }),
    },
  ],
  sentence: (e) => sentence`${e.actor} paid ${e.subject}`,
  description: "The money for an invoice has arrived.",
  example: { cents: 12_500, currency: "EUR", lines: [{ name: "Plan, one month", cents: 12_500 }] },
});

export const pageViewed = defineEvent("page.viewed", { lane: "client", subject: card });
export const jobFailed = defineEvent("job.failed", {
  lane: "system",
  severity: "error",
  subject: job,
  data: z.object({ reason: z.string() }),
  sentence: (e) => sentence`${e.subject} failed: ${e.data.reason}`,
});
