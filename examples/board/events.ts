import { z } from "zod";
import { defineEvent, sentence } from "../../src/index.ts";
import { board, card, column, comment, user } from "./entities.ts";

export const boardCreated = defineEvent("board.created", {
  subject: board,
  sentence: (e) => sentence`${e.actor} created the board ${e.subject}`,
  icon: "square-kanban",
  description: "Somebody set up a new board.",
});

export const columnAdded = defineEvent("column.added", {
  subject: column,
  refs: { board },
  sentence: (e) => sentence`${e.actor} added the column ${e.subject}`,
  icon: "columns-3",
  description: "A board got another column at its right end.",
});

export const memberInvited = defineEvent("member.invited", {
  subject: user,
  refs: { board },
  sentence: (e) => sentence`${e.actor} invited ${e.subject} to ${e.refs.board}`,
  icon: "user-plus",
  url: () => null,
  description: "Somebody may see the board and work on it from now on.",
});

export const cardAdded = defineEvent("card.added", {
  subject: card,
  refs: { column, board },
  sentence: (e) => sentence`${e.actor} added ${e.subject} to ${e.refs.column}`,
  icon: "plus",
  description: "A new card lies at the bottom of a column.",
});

export const cardMoved = defineEvent("card.moved", {
  subject: card,
  refs: { from: column, to: column, board },
  data: z.object({ position: z.int().min(0) }),
  sentence: (e) => sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to}`,
  group: ["to", "board"],
  icon: "arrow-right",
  description: "A card went from one column to another.",
  example: { position: 0 },
});

export const cardReordered = defineEvent("card.reordered", {
  subject: card,
  refs: { column, board },
  data: z.object({ from: z.int().min(0), to: z.int().min(0), cards: z.int().min(1) }),
  sentence: (e) => sentence`${e.actor} moved ${e.subject} ${direction(e.data)} ${e.refs.column}`,
  icon: "arrow-up-down",
  description: "A card changed its place within its column.",
  example: { from: 3, to: 0, cards: 5 },
});

function direction({ from, to, cards }: { from: number; to: number; cards: number }): string {
  if (to === 0) return "to the top of";
  if (to === cards - 1) return "to the bottom of";
  return to < from ? "up in" : "down in";
}

export const cardRenamed = defineEvent("card.renamed", {
  subject: card,
  refs: { board },
  data: z.object({ from: z.string(), to: z.string() }),
  sentence: (e) => sentence`${e.actor} renamed “${e.data.from}” to ${e.subject}`,
  icon: "pencil",
  description: "A card got another title.",
  example: { from: "Login broken", to: "Fix the flaky login test" },
});

export const cardClosed = defineEvent("card.closed", {
  subject: card,
  refs: { column, board },
  sentence: (e) => sentence`${e.actor} closed ${e.subject}`,
  group: ["board"],
  icon: "circle-check",
  description: "The work on a card is finished. It stays in its column.",
});

export const cardReopened = defineEvent("card.reopened", {
  subject: card,
  refs: { column, board },
  sentence: (e) => sentence`${e.actor} reopened ${e.subject}`,
  icon: "rotate-ccw",
  description: "A closed card needs work again.",
});

export const cardAssigned = defineEvent("card.assigned", {
  subject: card,
  refs: { assignee: user, board },
  sentence: (e) =>
    e.refs.assignee.id === e.actor.id
      ? sentence`${e.actor} took on ${e.subject}`
      : sentence`${e.actor} assigned ${e.subject} to ${e.refs.assignee}`,
  icon: "user-check",
  description: "A card is now somebody's task, instead of nobody's or another one's.",
});

export const cardUnassigned = defineEvent("card.unassigned", {
  subject: card,
  refs: { assignee: user, board },
  sentence: (e) => sentence`${e.actor} took ${e.subject} from ${e.refs.assignee}`,
  icon: "user-minus",
  description: "A card is nobody's task any more.",
});

const isoDate = z.iso.date();

export const cardDueDateSet = defineEvent("card.due_date_set", {
  subject: card,
  refs: { board },
  data: z.object({ due: isoDate, before: isoDate.nullable() }),
  // A due date has no time and no zone, and does not shift with the reader's.
  sentence: (e, words) =>
    sentence`${e.actor} set ${e.subject} due on ${words.date(e.data.due, { day: "numeric", month: "long" })}`,
  icon: "calendar",
  description: "A card got a due date, or another one than before.",
  example: { due: "2026-11-27", before: null },
});

export const cardDueDateCleared = defineEvent("card.due_date_cleared", {
  subject: card,
  refs: { board },
  data: z.object({ before: isoDate }),
  sentence: (e) => sentence`${e.actor} removed the due date of ${e.subject}`,
  icon: "calendar-x",
  description: "A card has no due date any more.",
  example: { before: "2026-11-27" },
});

export const commentAdded = defineEvent("comment.added", {
  subject: comment,
  refs: { card, board },
  data: z.object({ excerpt: z.string().max(120) }),
  sentence: (e) => sentence`${e.actor} commented on ${e.refs.card}: “${e.data.excerpt}”`,
  groupSentence: (g, words) =>
    sentence`${g.actor} commented on ${g.refs.card} ${words.number(g.count)} times`,
  icon: "message-square",
  url: (e) => `/cards/${e.refs.card.id}`,
  description: "Somebody wrote a comment on a card. The event carries its first 120 characters.",
  example: { excerpt: "It only fails when the clock passes midnight." },
});
