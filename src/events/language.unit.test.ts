import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ann, ben, card, column } from "../../test/support/boardEvents.ts";
import { defineEvent, type AnyEventDefinition, type SentenceEvent } from "./defineEvent.ts";
import { english } from "./english.ts";
import {
  defineLanguage,
  translate,
  type Language,
  type LanguageOptions,
  type Translation,
} from "./language.ts";
import { createLanguages } from "./languages.ts";
import { createRegistry } from "./registry.ts";
import { displayParts, renderText } from "./renderSentence.ts";
import { sentence, type SentenceActor } from "./sentence.ts";
import { spokenParts } from "./spokenParts.ts";
import { sayFirst, wordings } from "./wordings.ts";

const plain: LanguageOptions = {
  ...english.options,
  formats: undefined,
  fallback: undefined,
};
const german = defineLanguage("de", {
  ...plain,
  you: { first: "Du", actor: "du", other: "dich", self: "dich" },
  others: (count, words) => words.plural(count, { one: "# weitere", other: "# weitere" }),
});
const arabic = defineLanguage("ar", {
  ...plain,
  you: { first: "أنت", actor: "أنت", other: "أنت", self: "نفسك" },
  others: (count, words) =>
    words.plural(count, {
      one: "واحد آخر",
      two: "اثنان آخران",
      few: "# آخرون",
      many: "# آخر",
      other: "# آخر",
    }),
});

const actor: SentenceActor = { ...ann, isActor: true };
const people = ["Ann", "Ben", "Cleo", "Dan", "Eve"].map((name) => ({ type: "user", id: name, label: name }));

describe("the words of a language", () => {
  test("count by its own plural rules, with numbers in its own digits", () => {
    const forms = {
      zero: "لا بطاقات",
      one: "بطاقة",
      two: "بطاقتان",
      few: "# بطاقات",
      many: "# بطاقة",
      other: "# بطاقة",
    };
    const count = (number: number) => arabic.words.plural(number, forms);
    expect([0, 1, 2, 3, 11, 100].map(count)).toEqual([
      "لا بطاقات",
      "بطاقة",
      "بطاقتان",
      `${arabic.words.number(3)} بطاقات`,
      `${arabic.words.number(11)} بطاقة`,
      `${arabic.words.number(100)} بطاقة`,
    ]);
    const cards = { one: "# card", other: "# cards" };
    expect([1, 2, 1200].map((number) => english.words.plural(number, cards))).toEqual([
      "1 card",
      "2 cards",
      "1,200 cards",
    ]);
    expect(german.words.plural(1200, { other: "# Karten" })).toBe("1.200 Karten");
  });

  test("join lists as it does, and count whom they do not name", () => {
    const list = (language: typeof german, named?: number) =>
      renderText(language.words.list(people.slice(0, 4), named));
    expect(list(english)).toBe("Ann, Ben, Cleo and Dan");
    expect(list(english, 3)).toBe("Ann, Ben, Cleo and 1 other");
    expect(list(english, 2)).toBe("Ann, Ben and 2 others");
    expect(list(german, 3)).toBe("Ann, Ben, Cleo und 1 weitere");
    expect(list(arabic, 2)).toBe("Ann وBen واثنان آخران");
    expect(renderText(english.words.list(people.slice(0, 1)))).toBe("Ann");
    expect(renderText(english.words.list([]))).toBe("");
  });

  test("write days without a time zone to shift them, and moments as they are asked for", () => {
    expect(english.words.date("2026-05-05")).toBe("5 May 2026");
    expect(german.words.date("2026-05-05")).toBe("5. Mai 2026");
    const inTokyo = { timeStyle: "short", timeZone: "Asia/Tokyo" } as const;
    expect(german.words.date(new Date("2026-05-05T20:00:00Z"), inTokyo)).toBe("05:00");
  });
});

describe("a list in a sentence", () => {
  test("is joined by the language that says it, though it was written without one", () => {
    const written = sentence`${actor} erwähnte ${people.slice(1, 4)}`;
    expect(renderText(spokenParts(written, german))).toBe("Ann erwähnte Ben, Cleo und Dan");
    expect(renderText(written)).toBe("Ann erwähnte Ben, Cleo and Dan");
  });
});

describe("the reader", () => {
  const { words } = german;
  const moved = sentence`${actor} ${words.verb({ you: "hast", one: "hat" })} ${card(1, "Login")} verschoben`;
  const as = (viewer: typeof ann, written: ReturnType<typeof sentence>) =>
    renderText(spokenParts(written, german), { viewer });

  test("is called what the language calls them, and verbs agree with them", () => {
    expect(as(ann, moved)).toBe("Du hast Login verschoben");
    expect(as(ben, moved)).toBe("Ann hat Login verschoben");
    expect(as(ann, sentence`${card(1, "Login")}: von ${actor} verschoben`)).toBe("Login: von du verschoben");
    expect(as(ben, sentence`${actor} ${words.verb({ you: "hast", one: "hat" })} ${ben} erwähnt`)).toBe(
      "Ann hat dich erwähnt",
    );
  });

  test("is called what the sentence says, where its grammar asks for another word", () => {
    const assigned = sentence`${actor} ${words.verb({ you: "hast", one: "hat" })} ${words.reader(ben, "dir")} ${card(1, "Login")} zugewiesen`;
    expect(as(ben, assigned)).toBe("Ann hat dir Login zugewiesen");
    expect(as(ann, assigned)).toBe("Du hast Ben Login zugewiesen");
  });

  test("can be told by whoever has only the parts, as they come from the HTTP API", () => {
    const parts = spokenParts(moved, german).map((part) =>
      part.kind === "text" ? part : { text: part.entity.label!, ...part },
    );
    const sent = JSON.parse(JSON.stringify(parts.map(({ kind: _kind, ...part }) => part))) as {
      text: string;
    }[];
    expect(renderText(sent, { viewer: ann })).toBe("Du hast Login verschoben");
    expect(renderText(sent)).toBe("Ann hat Login verschoben");
    expect(displayParts(sent)[0]).not.toHaveProperty("forReader");
  });

  test("costs English nothing: its parts say no more than before", () => {
    expect(spokenParts(sentence`${actor} moved ${card(1, "Login")}`, english)).toEqual([
      { kind: "entity", entity: ann, isActor: true },
      { kind: "text", text: " moved " },
      { kind: "entity", entity: card(1, "Login"), isActor: false },
    ]);
  });
});

describe("the language for a reader", () => {
  const languages = createLanguages(english, [german, arabic, defineLanguage("pt-BR", plain)]);
  test.each([
    ["de", "de"],
    ["de-AT", "de"],
    ["DE-at", "de"],
    [["fr", "ar-EG", "de"], "ar"],
    ["pt-BR", "pt-BR"],
    ["pt", "en"],
    ["d", "en"],
    ["", "en"],
    [[], "en"],
    [undefined, "en"],
    ["../../etc", "en"],
  ])("%j reads %s", (wanted, tag) => {
    expect(languages.find(wanted).tag).toBe(tag);
  });

  test.each([
    ["de", "ltr"],
    ["ar", "rtl"],
    ["he", "rtl"],
    ["fa", "rtl"],
    ["ur-PK", "rtl"],
    ["pa", "ltr"],
    ["pa-Arab", "rtl"],
    ["az-Arab", "rtl"],
  ])("%s is written %s", (tag, dir) => {
    expect(defineLanguage(tag, plain).dir).toBe(dir);
  });
});

describe("mistakes stop the start", () => {
  const done = defineEvent("card.done", { subject: card });
  const other = defineEvent("card.other", { subject: card });
  const said = translate(done, (e) => sentence`${e.subject}`);
  const invalid = (message: RegExp) =>
    expect.objectContaining({
      code: "INVALID_DEFINITION",
      message: expect.stringMatching(message) as string,
    });

  test.each([
    ["a tag that is none", () => defineLanguage("not a tag", plain), /not a tag/],
    ["formats that are none", () => defineLanguage("de", { ...plain, formats: "1" }), /formats/],
    [
      "two translations of one type",
      () => defineLanguage("de", { ...plain, sentences: [said, said] }),
      /two translations of card.done/,
    ],
    [
      "two languages of one tag",
      () => createLanguages(english, [defineLanguage("EN", plain)]),
      /given twice/,
    ],
    [
      "a translation of a type that the app does not have",
      () =>
        createRegistry(
          [other],
          createLanguages(english, [defineLanguage("de", { ...plain, sentences: [said] })]),
        ),
      /translates card.done/,
    ],
    [
      "a group by what is no role",
      () => defineEvent("card.done", { subject: card, group: ["board" as never] }),
      /"board" is no role/,
    ],
  ])("%s", (_name, make, message) => {
    expect(make).toThrow(invalid(message));
  });
});

test("a translation is typed by its definition", () => {
  const moved = defineEvent("card.moved", {
    subject: card,
    refs: { to: column },
    data: z.object({ place: z.number() }),
  });
  const translation = translate(
    moved,
    (e, words) => sentence`${e.actor} nach ${e.refs.to} auf ${words.number(e.data.place)}`,
    (g) => sentence`${g.actors} nach ${g.refs.to}, zuletzt ${g.events[0]!.data.place}`,
  );
  expect(translation.type).toBe("card.moved");
  // @ts-expect-error the definition has no such role
  translate(moved, (e) => sentence`${e.refs.from}`);
});

describe("who says an event", () => {
  const done = defineEvent("card.done", {
    subject: card,
    sentence: (e) => sentence`${e.actor} finished ${e.subject}`,
  });
  const untold = defineEvent("card.untold", { subject: card });
  const event = {
    actor,
    onBehalfOf: null,
    subject: card(1, "Login"),
    refs: {},
    data: {},
    severity: "info" as const,
    occurredAt: new Date(0),
  };
  const say = (definition: AnyEventDefinition | undefined, type: string, language: Language, own = english) =>
    sayFirst(wordings(type, definition, language, own), (way) =>
      renderText(spokenParts(way.sentence(event as SentenceEvent<never>, way.language.words), way.language), {
        viewer: ann,
      }),
    );
  const withDone = (told: Translation["sentence"], fallback?: LanguageOptions["fallback"]) =>
    defineLanguage("de", {
      ...german.options,
      fallback,
      sentences: [{ type: "card.done", sentence: told, groupSentence: undefined }],
    });

  test("is the translation, and in its own words for the reader", () => {
    expect(
      say(
        done,
        "card.done",
        withDone((e) => sentence`${e.actor} fertig mit ${e.subject}`),
      ),
    ).toBe("Du fertig mit Login");
  });

  test("is the definition, where the translation is missing or throws: all of the line is in one language", () => {
    const throwing = withDone(() => {
      throw new Error("older data");
    });
    for (const language of [german, throwing])
      expect(say(done, "card.done", language)).toBe("You finished Login");
  });

  test("is the fallback in other words for an action, whose type is no past tense", () => {
    expect(say({ ...untold, "~tidings": "action" }, "card.move", english)).toBe(
      "You performed card.move on card Login",
    );
  });

  test("is the fallback of the reader's language, then of the app's, then English, where nobody knows", () => {
    const told = withDone(
      () => [],
      ({ type, subject }) => sentence`${type}: ${subject}`,
    );
    expect(say(undefined, "rocket.launched", told)).toBe("rocket.launched: Login");
    expect(say(untold, "card.untold", german)).toBe("You untold card Login");
    expect(say(undefined, "rocket.launched", english, told)).toBe("You launched card Login");
    expect(say(undefined, "rocket.launched", german, german)).toBe("You launched card Login");
  });
});
