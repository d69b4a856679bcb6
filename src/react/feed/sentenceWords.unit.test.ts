import { expect, test } from "vitest";
import type { SentencePart } from "../wire.ts";
import { english } from "../words.ts";
import { wordsFor } from "./sentenceWords.ts";

const ann = { type: "user", id: "ann", label: "Ann" };
const ben = { type: "user", id: "ben", label: "Ben" };
const named = (entity: typeof ann, more: Partial<SentencePart> = {}) => ({
  text: entity.label,
  entity,
  ...more,
});
const read = (parts: readonly SentencePart[], viewer?: typeof ann) =>
  wordsFor(parts, viewer, english).join("");

test("the reader's own name is You where they begin, you elsewhere, and yourself for what they do to themselves", () => {
  const parts = [named(ann, { isActor: true }), { text: " assigned " }, named(ben)];
  expect(read(parts)).toBe("Ann assigned Ben");
  expect(read(parts, ann)).toBe("You assigned Ben");
  expect(read(parts, ben)).toBe("Ann assigned you");
  expect(read([named(ann, { isActor: true }), { text: " assigned " }, named(ann)], ann)).toBe(
    "You assigned yourself",
  );
});

test("a language brings its own words for the reader and for the verb", () => {
  const parts = [
    named(ann, { isActor: true, forReader: "Du" }),
    { text: " hat ", forActor: " hast " },
    named(ben, { forReader: "dich" }),
    { text: " zugewiesen" },
  ];
  expect(read(parts, ann)).toBe("Du hast Ben zugewiesen");
  expect(read(parts, ben)).toBe("Ann hat dich zugewiesen");
});

test("of several who act, the verb stays that of several", () => {
  const parts = [
    named(ann, { isActor: true, forReader: "Du" }),
    { text: " und " },
    named(ben, { isActor: true }),
    { text: " haben aufgeräumt", forActor: " hast aufgeräumt" },
  ];
  expect(read(parts, ann)).toBe("Du und Ben haben aufgeräumt");
});
