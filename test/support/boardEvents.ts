import { z } from "zod";
import { defineEvent } from "../../src/events/defineEvent.ts";
import { defineEntity, many, optional } from "../../src/events/entity.ts";
import { sentence } from "../../src/events/sentence.ts";
import { from } from "../../src/events/upcast.ts";

// The board that tests record about: one type for each thing that definitions can differ in.

export const user = defineEntity("user", { url: (id) => `/people/${id}` });
export const board = defineEntity("board", { url: (id) => `/boards/${id}` });
export const column = defineEntity("column");
export const card = defineEntity("card", { url: (id) => `/cards/${id}`, icon: "square" });
export const page = defineEntity("page");

export const cardAdded = defineEvent("card.added", { subject: card, refs: { board } });

export const cardMoved = defineEvent("card.moved", {
  version: 3,
  subject: card,
  refs: { from: column, to: column, board: optional(board) },
  data: z.object({ position: z.number().int(), note: z.string().optional() }),
  upcast: {
    1: from(z.object({ index: z.number() }), (old) => ({ at: old.index })),
    2: from(z.object({ at: z.number() }), (old) => ({ position: old.at })),
  },
  sentence: (e) => sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to}`,
  icon: "arrow-right",
  aliases: ["card_moved"],
});

export const commentAdded = defineEvent("comment.added", {
  subject: card,
  refs: { mentioned: many(user) },
  data: z.object({ text: z.string() }),
  sentence: (e) => sentence`${e.actor} commented on ${e.subject} for ${e.refs.mentioned}: ${e.data.text}`,
});

export const noteTaken = defineEvent("note.taken", { subject: card, data: z.looseObject({}) });

export const pageViewed = defineEvent("page.viewed", { lane: "client", subject: page });

export const syncFailed = defineEvent("sync.failed", {
  lane: "system",
  severity: "error",
  subject: board,
  data: z.object({ reason: z.string().default("unknown") }),
});

export const events = {
  board,
  card,
  cardAdded,
  cardMoved,
  column,
  commentAdded,
  noteTaken,
  page,
  pageViewed,
  syncFailed,
  user,
};

export const ann = user("ann", "Ann");
export const ben = user("ben", "Ben");

/** A valid draft for tests in which the particulars do not matter. */
export function aMove(id: string | number = 1, position = 1) {
  return cardMoved({
    subject: card(id, `Card ${id}`),
    refs: { from: column("todo", "To do"), to: column("done", "Done") },
    data: { position },
  });
}
