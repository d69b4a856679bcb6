import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { createRegistry } from "../events/registry.ts";
import type { FeedPage } from "./feed.ts";
import { createFeedHtml } from "./feedHtml.ts";
import type { FeedGroup } from "./feedGroup.ts";
import type { FeedItem } from "./feedItem.ts";
import type { GroupedFeedPage } from "./groupedFeed.ts";

const html = createFeedHtml(createRegistry([defineEvent("card.moved", { subject: defineEntity("card") })]));
const ann = { type: "user", id: "ann", label: "Ann", url: "/people/ann", deleted: false };
const fix = { type: "card", id: "7", label: "Fix", url: "/cards/7", deleted: false };

function item(sentence: FeedItem["sentence"], id = "1"): FeedItem {
  return {
    id,
    type: "card.moved",
    version: 1,
    category: "card",
    lane: "domain",
    severity: "info",
    actor: ann,
    onBehalfOf: null,
    subject: fix,
    occurredAt: new Date("2026-11-20T22:30:00Z"),
    icon: "activity",
    url: null,
    actionable: false,
    sentence,
    text: "",
  };
}

function page(items: FeedItem[], older: string | null = null): FeedPage {
  return { items, older, newer: null, position: 42, locale: "en", dir: "ltr" };
}

const moved = [
  { text: "Ann", entity: ann, url: "/people/ann", isActor: true },
  { text: " moved " },
  { text: "Fix", entity: fix },
];

describe("a feed as HTML", () => {
  test("is a feed of articles with stable ids, names, positions and times", () => {
    expect(html.feedHtml(page([item(moved)]), { viewer: ann, timeZone: "Asia/Tokyo" })).toBe(
      [
        '<section id="feed" role="feed" aria-label="Activity" aria-busy="false" lang="en" dir="ltr" data-position="42">',
        '<article id="event-1" class="tidings-item" tabindex="0" aria-labelledby="event-1-text" aria-posinset="1" aria-setsize="-1" lang="en" dir="ltr" data-type="card.moved" data-severity="info">',
        '  <p id="event-1-text" class="tidings-sentence"><a href="/people/ann"><bdi>You</bdi></a> moved <bdi>Fix</bdi></p>',
        '  <time class="tidings-time" datetime="2026-11-20T22:30:00.000Z">21 Nov 2026, 07:30</time>',
        "</article>",
        "</section>",
      ].join("\n"),
    );
  });

  test("goes on counting on the next page, and leads to the one after", () => {
    const written = html.feedHtml(page([item(moved, "1"), item(moved, "2")], "cur&sor"), {
      posinset: 51,
      older: (cursor) => `/feed?before=${cursor}`,
    });
    expect([...written.matchAll(/aria-posinset="(\d+)"/g)].map(([, position]) => position)).toEqual([
      "51",
      "52",
    ]);
    expect(written).toContain('<a rel="next" href="/feed?before=cur&#38;sor">Older</a></nav>');
    expect(html.feedHtml(page([item(moved)], "cursor"))).not.toContain("<nav");
    const last = html.feedHtml(page([item(moved)]), { older: () => "/feed" });
    expect(last).toContain('<nav id="feed-pages" class="tidings-pages" lang="en" dir="ltr" hidden=""></nav>');
    const frame = html.feedHtml(page([], "c"), { older: (href) => ({ href, "data-turbo-frame": "_self" }) });
    expect(frame).toContain('<a rel="next" href="c" data-turbo-frame="_self">');
  });

  test("says in words what is unread", () => {
    expect(html.feedHtml(page([{ ...item(moved), unread: true }]))).toContain(
      '<span class="tidings-mark">Unread</span>',
    );
    expect(html.feedHtml(page([{ ...item(moved), unread: false }]))).not.toContain("Unread");
  });

  test("shows groups, with a link to their events", () => {
    const group = {
      id: "0",
      count: 3,
      sentence: [{ text: "Ann moved 3 cards" }],
      lastAt: new Date("2026-11-20T22:30:00Z"),
      latest: item(moved),
    } as unknown as FeedGroup;
    const groups: GroupedFeedPage = { ...page([]), groups: [group, { ...group, count: 1 }] };
    const written = html.feedHtml(groups, { group: ({ id }) => `/groups/${id}?a=1&b=2` });
    expect(written).toContain('<article id="group-0"');
    expect(written).toContain('<a class="tidings-more" href="/groups/0?a=1&#38;b=2">3 events</a>');
    expect(written).toContain('<article id="event-1"');
  });

  test("refuses a time zone that there is not", () => {
    expect(() => html.itemHtml(item(moved), { timeZone: "Mars/Base" })).toThrow(/Mars\/Base/);
  });
});

describe("hostile texts", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({
      unit: fc.constantFrom(
        "<",
        ">",
        '"',
        "'",
        "&",
        "script",
        "</p>",
        "=",
        " ",
        "onload",
        "\n",
        "\u202e",
        "\u2066",
      ),
    }),
  );
  const address = fc.oneof(
    text,
    fc.webUrl(),
    text.map((path) => `javascript:${path}`),
    text.map((path) => `/${path}`),
  );

  test("stay texts: the fragment has the elements that we wrote and no others", () => {
    fc.assert(
      fc.property(text, text, address, (name, words, url) => {
        const written = html.itemHtml(
          item([{ text: "", entity: { ...ann, label: name }, url }, { text: words }]),
        );
        const rest = written
          .replace(/^<article( [a-z-]+="[^"<>]*")+>\n {2}<p( [a-z-]+="[^"<>]*")+>/, "")
          .replace(
            /<a href="((?:https?:\/\/|\.{0,2}\/(?!\/)|[#?])[^"<>]*)">(<bdi>[^<>]*<\/bdi>)<\/a>/gi,
            "$2",
          )
          .replaceAll(/<bdi>[^<>]*<\/bdi>/g, "")
          .replace(/<\/p>\n {2}<time class="tidings-time" datetime="[^"]*">[^<>]*<\/time>\n<\/article>$/, "");
        expect(rest).not.toMatch(/[<>"']/);
      }),
      { numRuns: 500 },
    );
  });

  test("that turn the direction reach no further than their own words", () => {
    const written = html.itemHtml(
      item([{ text: "", entity: { ...ann, label: "\u202eevil" } }, { text: " said \u202eabc" }]),
    );
    expect(written).toContain("<bdi>\u202eevil</bdi><bdi> said \u202eabc</bdi></p>");
  });
});
