import { z } from "zod";
// Not from index.ts: each command reads this file anew, with all that it imports.
import { defineEvent } from "../../src/events/defineEvent.ts";
import { defineEntity, many, oneOf, optional } from "../../src/events/entity.ts";
import { sentence } from "../../src/events/sentence.ts";
import { from } from "../../src/events/upcast.ts";

export const card = defineEntity("card", {
  icon: "square",
  // Says that every card was deleted, which the command line must not ask.
  load: () => Promise.resolve([]),
});
export const column = defineEntity("column");
export const user = defineEntity("user");
export const team = defineEntity("team");

const cardMovedV1 = z.object({ index: z.number().int(), reason: z.int() });

export const cardMoved = defineEvent("card.moved", {
  version: 2,
  subject: card,
  refs: { from: column, to: column },
  data: z.object({ position: z.int().min(0), reason: z.string().max(80).optional() }),
  upcast: { 1: from(cardMovedV1, (old) => ({ position: old.index })) },
  sentence: (e) => sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to}`,
  aliases: ["card_moved"],
  icon: "arrow-right",
  description: "A card went from one column to another.",
});

export const cardShared = defineEvent("card.shared", {
  subject: card,
  refs: { with: many(user, team), by: optional(user), on: oneOf(column, team) },
  data: z.object({
    until: z.iso.datetime().nullable(),
    day: z.iso.date(),
    link: z.uuid(),
    price: z.number(),
    isPublic: z.boolean(),
    level: z.enum(["view", "edit"]),
    tags: z.array(z.string()),
    'it\'s "odd" | e.g. \\': z.string(),
    account_id: z.string(),
  }),
  sentence: (e) => sentence`${e.actor} shared ${e.subject} with ${e.refs.with}`,
  description: "Others may see a card: people | teams.",
});

export const cardClosed = defineEvent("card.closed", { subject: card });
