import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ann, ben, card, column } from "../../test/support/boardEvents.ts";
import { displayParts, renderHtml, renderSlack, renderText } from "./renderSentence.ts";
import { sentence, type SentenceActor } from "./sentence.ts";

const actor: SentenceActor = { ...ann, isActor: true };
const fix = card(1, "Fix the login");
const moved = sentence`${actor} moved ${fix} to ${column("done", "Done")}`;
const urlOf = ({ type, id }: { type: string; id: string }) => (type === "column" ? null : `/${type}s/${id}`);

describe("a sentence is made of parts", () => {
  test("texts that meet become one, and nothing leaves nothing behind", () => {
    expect(sentence`a ${"b"}${null}${undefined}${""} ${3}`).toEqual([{ kind: "text", text: "a b 3" }]);
    expect(sentence``).toEqual([]);
  });

  test("a sentence in a sentence is taken in", () => {
    const inner = sentence`to ${column("done", "Done")}`;
    expect(renderText(sentence`${actor} moved ${fix} ${inner}`)).toBe(renderText(moved));
  });

  test.each([
    [[], "for "],
    [[ann], "for Ann"],
    [[ann, ben], "for Ann and Ben"],
    [[ann, ben, fix], "for Ann, Ben and Fix the login"],
  ])("a list reads as a list: %#", (entities, text) => {
    expect(renderText(sentence`for ${entities}`)).toBe(text);
  });
});

describe("the viewer is addressed", () => {
  const as = (viewer: typeof ann | typeof ben, built: ReturnType<typeof sentence>) =>
    renderText(built, { viewer });

  test("their own deed is You, others have their names", () => {
    expect(as(ann, moved)).toBe("You moved Fix the login to Done");
    expect(as(ben, moved)).toBe("Ann moved Fix the login to Done");
    expect(renderText(moved)).toBe("Ann moved Fix the login to Done");
  });

  test("mentioned they are you, and yourself where they did it", () => {
    expect(as(ben, sentence`${actor} assigned ${ben} to ${fix}`)).toBe("Ann assigned you to Fix the login");
    expect(as(ann, sentence`${actor} assigned ${ann} to ${fix}`)).toBe(
      "You assigned yourself to Fix the login",
    );
    expect(as(ann, sentence`${fix} was moved by ${actor}`)).toBe("Fix the login was moved by you");
    expect(as(ben, sentence`${ben} was invited by ${actor}`)).toBe("You was invited by Ann");
  });

  test("the same id of another type is somebody else", () => {
    expect(renderText(moved, { viewer: { type: "api_key", id: "ann" } })).toMatch(/^Ann moved/);
  });
});

test("an entity without a label is named by kind and id", () => {
  expect(renderText(sentence`${{ type: "pull_request", id: "7", label: null }}`)).toBe("pull request 7");
});

test("parts carry the entity and its address", () => {
  expect(displayParts(moved, { urlOf })).toEqual([
    { text: "Ann", entity: ann, url: "/users/ann" },
    { text: " moved " },
    { text: "Fix the login", entity: fix, url: "/cards/1" },
    { text: " to " },
    { text: "Done", entity: column("done", "Done") },
  ]);
});

test("HTML links what has an address", () => {
  expect(renderHtml(moved, { urlOf })).toBe(
    '<a href="/users/ann">Ann</a> moved <a href="/cards/1">Fix the login</a> to Done',
  );
});

test("Slack links what it can open, and keeps an address as it is encoded", () => {
  const address = "https://example.com/a%2Fb?x=1&y=%7C";
  expect(renderSlack(sentence`${fix}`, { urlOf: () => address })).toBe(
    "<https://example.com/a%2Fb?x=1&amp;y=%7C|Fix the login>",
  );
  expect(renderSlack(sentence`${fix}`, { urlOf: () => "/cards/1" })).toBe("Fix the login");
});

describe("hostile texts", () => {
  const label = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({
      unit: fc.constantFrom(
        "<",
        ">",
        '"',
        "'",
        "&",
        "|",
        "javascript:",
        "script",
        "=",
        " ",
        "onload",
        "\n",
        "!here",
      ),
    }),
  );
  const address = fc.oneof(
    fc.webUrl(),
    label,
    label.map((text) => `javascript:${text}`),
    label.map((text) => `JaVaScRiPt:${text}`),
    label.map((text) => `//${text}`),
    label.map((text) => `https://example.com/${text}`),
    label.map((text) => ` \tdata:text/html,${text}`),
  );

  test("never make a tag, an attribute or a script link of HTML", () => {
    fc.assert(
      fc.property(label, label, label, address, (name, title, words, url) => {
        const html = renderHtml(sentence`${{ ...actor, label: name }} ${words} ${card(1, title)}`, {
          urlOf: () => url,
        });
        const rest = html.replaceAll(
          /<a href="((?:https?:\/\/|\.{0,2}\/(?!\/)|[#?])[^"<>]*)">([^<>]*)<\/a>/gi,
          "",
        );
        expect(rest).not.toMatch(/[<>"']/);
      }),
      { numRuns: 1_000 },
    );
  });

  test("never make a link, a mention or a channel call of Slack's markup", () => {
    fc.assert(
      fc.property(label, label, address, (name, words, url) => {
        const slack = renderSlack(sentence`${{ ...actor, label: name }} ${words}`, { urlOf: () => url });
        const rest = slack.replace(/^<https?:[^\s<>|]*\|[^<>|]*>/i, "");
        expect(rest).not.toMatch(/[<>]/);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "/\\evil.example",
    " javascript:x",
    "vbscript:x",
    "cards/1",
  ])("%j is no address", (url) => {
    expect(displayParts(sentence`${fix}`, { urlOf: () => url })[0]).not.toHaveProperty("url");
  });

  test.each(["https://a.example", "HTTP://a.example", "/cards/1", "./cards", "../cards", "#c", "?c=1", "/"])(
    "%j is one",
    (url) => {
      expect(displayParts(sentence`${fix}`, { urlOf: () => url })[0]).toHaveProperty("url", url);
    },
  );
});

describe("the sentence of a feed item", () => {
  // As it comes from a feed, or from the HTTP API as JSON: the words are chosen for nobody in particular.
  const shown = [
    { text: "Ann", entity: ann, isActor: true },
    { text: " assigned " },
    { text: "Fix the login", entity: fix, url: "/cards/1" },
    { text: " to " },
    { text: "Ann", entity: ann },
  ];

  test("is rendered for its reader like the sentence that it was made from", () => {
    expect(renderText(shown)).toBe("Ann assigned Fix the login to Ann");
    expect(renderText(shown, { viewer: ann })).toBe("You assigned Fix the login to yourself");
    expect(renderText(shown, { viewer: ben })).toBe("Ann assigned Fix the login to Ann");
  });

  test("is linked where the item says, or where the caller says", () => {
    expect(renderHtml(shown)).toBe('Ann assigned <a href="/cards/1">Fix the login</a> to Ann');
    expect(renderHtml(shown, { urlOf: () => null })).toBe("Ann assigned Fix the login to Ann");
  });
});
