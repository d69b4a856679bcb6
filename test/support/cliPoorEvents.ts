import { z } from "zod";
import { defineEvent } from "../../src/events/defineEvent.ts";
import { defineEntity } from "../../src/events/entity.ts";
import { sentence } from "../../src/events/sentence.ts";

const card = defineEntity("card");

export const cardUpdated = defineEvent("card.updated", { subject: card });

export const cardCreate = defineEvent("card.create", {
  subject: card,
  sentence: (e) => sentence`${e.actor} created ${e.subject}`,
  description: "Somebody made a card.",
});

export const cardPriced = defineEvent("card.priced", {
  subject: card,
  data: z.object({ amount: z.int() }),
  example: { amount: 1.5 },
  sentence: (e) => sentence`${e.actor} priced ${e.subject}`,
  description: "A card has a price.",
});

export const cardLabelled = defineEvent("card.labelled", {
  subject: card,
  data: z.object({ labels: z.array(z.string()).max(0) }),
  sentence: (e) => sentence`${e.actor} labelled ${e.subject} ${e.data.labels[0]!.toUpperCase()}`,
  description: "A card has another label.",
});
