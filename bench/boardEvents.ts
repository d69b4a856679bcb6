import { z } from "zod";
import { defineEntity, defineEvent, sentence, type EntityRef } from "../src/index.ts";

// The events that all benches record. About 150 bytes of data, a subject, an actor and refs: what apps really write.

export const user = defineEntity("user");
export const card = defineEntity("card", { url: (id) => `/cards/${id}` });
export const column = defineEntity("column");
export const board = defineEntity("board", { url: (id) => `/boards/${id}` });

/** Four timeline rows: card, user and two columns. */
export const cardMoved = defineEvent("card.moved", {
  subject: card,
  refs: { from: column, to: column },
  data: z.object({ position: z.int(), reason: z.string(), estimate: z.number(), tags: z.array(z.string()) }),
  sentence: (e) => sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to}`,
});

/** Three timeline rows: card, user and board. */
export const cardCommented = defineEvent("card.commented", {
  subject: card,
  refs: { board },
  data: z.object({ position: z.int(), reason: z.string(), estimate: z.number(), tags: z.array(z.string()) }),
  sentence: (e) => sentence`${e.actor} commented on ${e.subject}`,
});

/** One event in 10,000 of the feed bench's log. */
export const cardArchived = defineEvent("card.archived", {
  subject: card,
  refs: { board },
  sentence: (e) => sentence`${e.actor} archived ${e.subject}`,
});

export const actor = (number: number): EntityRef => user(`user-${number % 50}`, `Person ${number % 50}`);

/** About 150 bytes as JSON. */
export const dataOf = (number: number) => ({
  position: number % 100,
  reason: "Waiting for the answer of the customer; the estimate may change.",
  estimate: (number % 40) / 4,
  tags: ["backend", "urgent", "customer"],
});

export const moved = (number: number, account = accountOf(number)) =>
  cardMoved({
    subject: card(number, `Card number ${number}`),
    refs: { from: column(number % 7, "In progress"), to: column((number + 1) % 7, "In review") },
    data: dataOf(number),
    account,
    actor: actor(number),
  });

export const commented = (number: number, account: string, data = dataOf(number)) =>
  cardCommented({
    subject: card(number % 10_000, `Card number ${number % 10_000}`),
    refs: { board: board(number % 100, "Roadmap") },
    data,
    account,
    actor: actor(number),
  });

/** As `commented`; its data carries the moment of the call, for receivers in another process of this machine. */
export const stamped = (number: number, account: string) =>
  commented(number, account, { ...dataOf(number), reason: String(Date.now()) });

/** 1,000 accounts. */
export const accountOf = (number: number): string => `account-${String(number % 1_000).padStart(4, "0")}`;
