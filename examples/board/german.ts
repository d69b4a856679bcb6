import { defineLanguage, sentence, translate, type Words } from "../../src/index.ts";
import * as events from "./events.ts";

/** What a browser that prefers German reads. A sentence that is missing here would be read in English. */
export const german = defineLanguage("de", {
  you: { first: "Du", actor: "du", other: "dich", self: "dich" },
  others: (count, words) => words.plural(count, { one: "# weitere", other: "# weitere" }),
  times: (said, count, words) => sentence`${said} (${words.number(count)}-mal)`,
  more: (said, count, words) =>
    sentence`${said}, und ${words.plural(count, { one: "noch einmal", other: "# Mal mehr" })}`,
  labels: {
    feed: "Aktivität",
    older: "Älteres",
    unread: "Ungelesen",
    events: (count, words) => words.plural(count, { one: "# Ereignis", other: "# Ereignisse" }),
  },
  fallback: ({ type, actor, subject }) => sentence`${actor}: ${type} ${subject}`,
  sentences: [
    translate(
      events.boardCreated,
      (e, words) => sentence`${e.actor} ${has(words)} das Board ${e.subject} angelegt`,
    ),
    translate(
      events.columnAdded,
      (e, words) => sentence`${e.actor} ${has(words)} die Spalte ${e.subject} hinzugefügt`,
    ),
    translate(
      events.memberInvited,
      (e, words) => sentence`${e.actor} ${has(words)} ${e.subject} zu ${e.refs.board} eingeladen`,
    ),
    translate(
      events.cardAdded,
      (e, words) => sentence`${e.actor} ${has(words)} ${e.subject} in ${e.refs.column} angelegt`,
    ),
    translate(
      events.cardMoved,
      (e, words) =>
        sentence`${e.actor} ${has(words)} ${e.subject} von ${e.refs.from} nach ${e.refs.to} verschoben`,
    ),
    translate(
      events.cardReordered,
      (e, words) =>
        sentence`${e.actor} ${has(words)} ${e.subject} ${direction(e.data)} ${e.refs.column} verschoben`,
    ),
    translate(
      events.cardRenamed,
      (e, words) => sentence`${e.actor} ${has(words)} „${e.data.from}“ in ${e.subject} umbenannt`,
    ),
    translate(events.cardClosed, (e, words) => sentence`${e.actor} ${has(words)} ${e.subject} abgeschlossen`),
    translate(
      events.cardReopened,
      (e, words) => sentence`${e.actor} ${has(words)} ${e.subject} wieder geöffnet`,
    ),
    translate(events.cardAssigned, (e, words) =>
      e.refs.assignee.id === e.actor.id
        ? sentence`${e.actor} ${has(words)} ${e.subject} übernommen`
        : sentence`${e.actor} ${has(words)} ${words.reader(e.refs.assignee, "dir")} ${e.subject} zugewiesen`,
    ),
    translate(
      events.cardUnassigned,
      (e, words) =>
        sentence`${e.actor} ${has(words)} ${words.reader(e.refs.assignee, "dir")} ${e.subject} abgenommen`,
    ),
    translate(
      events.cardDueDateSet,
      (e, words) => sentence`${e.actor} ${has(words)} ${e.subject} auf den ${day(e.data.due, words)} gelegt`,
    ),
    translate(
      events.cardDueDateCleared,
      (e, words) => sentence`${e.actor} ${has(words)} den Termin von ${e.subject} entfernt`,
    ),
    translate(
      events.commentAdded,
      (e, words) => sentence`${e.actor} ${has(words)} ${e.refs.card} kommentiert: „${e.data.excerpt}“`,
      (g, words) =>
        sentence`${g.actor} ${has(words)} ${g.refs.card} ${words.number(g.count)}-mal kommentiert`,
    ),
  ],
});

const has = (words: Words) => words.verb({ you: "hast", one: "hat", many: "haben" });

const day = (date: string, words: Words) => words.date(date, { day: "numeric", month: "long" });

function direction({ from, to, cards }: { from: number; to: number; cards: number }): string {
  if (to === 0) return "an den Anfang von";
  if (to === cards - 1) return "ans Ende von";
  return to < from ? "nach oben in" : "nach unten in";
}
