import { z } from "zod";
import { defineEntity, defineEvent, sentence } from "../../src/index.ts";

// A board's events, for the test page and its pictures.

export const user = defineEntity("user");
export const card = defineEntity("card", { url: (id) => `/cards/${id}`, icon: "square" });
export const column = defineEntity("column");

export const cardAdded = defineEvent("card.added", {
  subject: card,
  refs: { to: column },
  icon: "plus",
  sentence: (e) => sentence`${e.actor} added ${e.subject} to ${e.refs.to}`,
});

export const cardMoved = defineEvent("card.moved", {
  subject: card,
  refs: { from: column, to: column },
  icon: "arrow-right",
  sentence: (e) => sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to}`,
});

export const cardClosed = defineEvent("card.closed", {
  subject: card,
  icon: "circle-check",
  sentence: (e) => sentence`${e.actor} closed ${e.subject}`,
});

export const commentAdded = defineEvent("comment.added", {
  subject: card,
  data: z.object({ text: z.string() }),
  icon: "message-square",
  sentence: (e) => sentence`${e.actor} commented on ${e.subject}: ${e.data.text}`,
});

export const importFailed = defineEvent("import.failed", {
  subject: card,
  severity: "error",
  icon: "triangle-alert",
  sentence: (e) => sentence`The import of ${e.subject} failed`,
});

export const events = { user, card, column, cardAdded, cardMoved, cardClosed, commentAdded, importFailed };

export const ann = user("ann", "Ann Lindqvist");
export const ben = user("ben", "Ben Okafor");
export const cleo = user("cleo", "Cleo Marín");
export const todo = column("todo", "To do");
export const doing = column("doing", "Doing");
export const done = column("done", "Done");

const titles = [
  "Fix the flaky login test",
  "Write the launch post",
  "Ask legal about the new terms",
  "Record the demo",
  "Price page for teams",
  "Move the status page to its own host",
  "Invite the beta customers",
  "Keyboard shortcuts for the board",
];

/** Card number n, from 1, always with the same title. */
export function sampleCard(number: number) {
  return card(number, titles[(number - 1) % titles.length]);
}

/** A move, where the particulars do not matter. */
export function aMove(number = 1, actor = ann) {
  return cardMoved({ subject: sampleCard(number), refs: { from: todo, to: doing }, actor });
}
