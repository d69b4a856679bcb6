import { fallbackSentence } from "./fallbackSentence.ts";
import { defineLanguage } from "./language.ts";
import { sentence } from "./sentence.ts";

/** What definitions are written in unless `createTidings({ language })` says otherwise. */
export const english = defineLanguage("en", {
  formats: "en-GB", // "a, b and c": no comma before "and", as in all that Tidings says
  you: { first: "You", actor: "you", other: "you", self: "yourself" },
  others: (count, words) => words.plural(count, { one: "# other", other: "# others" }),
  times: (said, count, words) => sentence`${said} ${words.plural(count, { one: "once", other: "# times" })}`,
  more: (said, count, words) => sentence`${said}, and ${words.number(count)} more`,
  labels: {
    feed: "Activity",
    older: "Older",
    unread: "Unread",
    events: (count, words) => words.plural(count, { one: "# event", other: "# events" }),
  },
  fallback: fallbackSentence,
});
