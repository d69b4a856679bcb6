import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aMove, ann, ben, card, cardMoved, events } from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { english } from "../events/english.ts";
import { defineLanguage, translate } from "../events/language.ts";
import { sentence } from "../events/sentence.ts";
import { createTidings } from "../tidings.ts";

const hostile = `<script>alert("x")</script>\r\ndata: \u202e`;

const german = defineLanguage("de", {
  ...english.options,
  formats: undefined,
  you: { first: "Du", actor: "du", other: "dich", self: "dich" },
  labels: { ...english.options.labels, feed: "Aktivität", older: "Älteres" },
  sentences: [
    translate(cardMoved, (e, words) => {
      const has = words.verb({ you: "hast", one: "hat" });
      return sentence`${e.actor} ${has} ${e.subject} nach ${e.refs.to} verschoben`;
    }),
  ],
});

let api: TestApi;
let ids: string[];
beforeAll(async () => {
  api = await createTestApi({
    events,
    languages: [german, defineLanguage("ar", { ...english.options, formats: undefined })],
    http: { basePath: "/tidings", publicUrl: "https://app.example.com/tidings/" },
  });
  const moves = [aMove(1), aMove(2), { ...aMove(3), subject: card(3, hostile), actor: ben }];
  const recorded = await api.tidings.run({ account: "acme", actor: ann }, () => api.tidings.record(...moves));
  ids = recorded.map(({ id }) => id);
  await api.number();
});
afterAll(() => api.drop());

const get = (path: string, headers: Record<string, string> = {}) => api.get(`/tidings${path}`, { headers });
const json = async (path: string, headers?: Record<string, string>) =>
  (await (await get(path, headers)).json()) as unknown;

describe("the reader's language", () => {
  test.each([
    ["/feed?locale=de-AT", {}, "de"],
    ["/feed", { "accept-language": "fr, de;q=0.5, en;q=0.1" }, "de"],
    ["/feed?locale=en", { "accept-language": "de" }, "en"],
    ["/feed", {}, "en"],
    ["/feed?locale=fr", {}, "en"],
    ["/timeline/card/1?locale=de", {}, "de"],
    ["/feed/groups?locale=de", {}, "de"],
  ])("%s with %j is %s", async (path, headers, locale) => {
    const response = await get(path, headers);
    expect(await response.json()).toMatchObject({ locale, dir: "ltr" });
    expect(response.headers.get("content-language")).toBe(locale);
    expect(response.headers.get("vary")).toContain("Accept-Language");
  });

  test("has its own sentences, with what the reader is called in them", async () => {
    const { items } = (await json("/feed?locale=de&of=card:1")) as {
      items: { text: string; sentence: object[] }[];
    };
    expect(items[0]!.text).toBe("Ann hat Card 1 nach Done verschoben");
    expect(items[0]!.sentence.slice(0, 3)).toEqual([
      { text: "Ann", entity: ann, url: "/people/ann", isActor: true, forReader: "Du" },
      { text: " " },
      { text: "hat", forActor: "hast" },
    ]);
  });

  test("is another page for caches, and says which way it is written", async () => {
    const etag = (await get("/feed?locale=en")).headers.get("etag")!;
    expect((await get("/feed?locale=en", { "if-none-match": etag })).status).toBe(304);
    expect((await get("/feed", { "if-none-match": etag, "accept-language": "de" })).status).toBe(200);
    expect(await json("/feed?locale=ar-EG")).toMatchObject({ locale: "ar", dir: "rtl" });
  });
});

describe("groups", () => {
  test("are read with their items, as the description says", async () => {
    const page = (await json("/feed/groups")) as {
      groups: { id: string; latest: { id: string } }[];
      position: number;
    };
    expect(page).toMatchObject({
      groups: [
        { id: ids[2], count: 1, actorCount: 1, subjectCount: 1, continues: false },
        {
          id: ids[0],
          count: 2,
          text: "Ann moved Card 2 and Card 1 from To do to Done",
          latest: { id: ids[1] },
          subjects: [{ id: "2" }, { id: "1" }],
        },
      ],
      older: null,
      position: 3,
    });
    const members = await json(`/feed/groups/${ids[0]}?newest=${page.groups[1]!.latest.id}&limit=1`);
    expect(members).toMatchObject({ group: page.groups[1]!, items: [{ id: ids[1] }], older: ids[1] });
    expect((await get("/feed/groups/nonsense")).status).toBe(404);
    expect((await get("/feed/groups?limit=201")).status).toBe(400);
  });

  test("say how many of their events the one who asks has not read", async () => {
    await api.tidings.marks.read({ account: "acme", reader: ann, feed: "home", position: 0 });
    expect(await json("/feed/groups?marks=home")).toMatchObject({
      groups: [
        { unread: 1, unseen: true },
        { unread: 0, unseen: false },
      ],
      mark: { feed: "home", seen: 0 },
    });
  });

  test("leave out what the one who asks may not see", async () => {
    const [secret] = await api.tidings.record({
      ...aMove(9),
      account: "hidden",
      actor: ann,
      audience: [ben],
    });
    const of = (who: typeof ann) =>
      api.get("/tidings/feed/groups", { as: { account: "hidden", actor: who } });
    expect(await (await of(ann)).json()).toMatchObject({ groups: [] });
    expect(await (await of(ben)).json()).toMatchObject({ groups: [{ id: secret!.id }] });
    const asAnn = await api.get(`/tidings/feed/groups/${secret!.id}`, { as: { account: "hidden" } });
    expect(asAnn.status).toBe(404);
  });
});

describe("HTML", () => {
  const html = (path: string, headers: Record<string, string> = {}) =>
    get(path, { accept: "text/html", ...headers });

  test("is a fragment for the one who asks, escaped, with links to the same query", async () => {
    const response = await html("/feed?limit=2&locale=de&timeZone=Europe/Berlin&types=card.*");
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(response.headers.get("vary")).toContain("Accept,");
    const text = await response.text();
    expect(text).toContain('<section id="feed" role="feed" aria-label="Aktivität"');
    expect(text).toContain('<bdi>Du</bdi></a> hast <a href="/cards/2">');
    expect(text).not.toContain("<script");
    const older = /<a rel="next" href="([^"]+)">Älteres/.exec(text)![1]!.replaceAll("&#38;", "&");
    expect(older).toMatch(
      /^\/tidings\/feed\?limit=2&locale=de&timeZone=Europe%2FBerlin&types=card.\*&before=.*&posinset=3$/,
    );
    const next = await (await html(older.slice("/tidings".length))).text();
    expect(next).toContain('aria-posinset="3"');
    expect(next).toMatch(/<nav [^>]*hidden/);
  });

  test("has its own ETag, which holds while the page shows the same", async () => {
    const etag = (await html("/feed")).headers.get("etag")!;
    expect(etag).not.toBe((await get("/feed")).headers.get("etag"));
    expect((await html("/feed", { "if-none-match": etag })).status).toBe(304);
    expect((await html("/feed?timeZone=Asia/Tokyo", { "if-none-match": etag })).status).toBe(200);
  });

  test("shows groups, and their events behind a link", async () => {
    for (const path of ["/feed/groups", "/feed/groups/"]) {
      const text = await (await html(path)).text();
      const link = /class="tidings-more" href="([^"]+)">2 events/.exec(text)![1]!.replaceAll("&#38;", "&");
      const members = await (await html(link.slice("/tidings".length))).text();
      expect([...members.matchAll(/<article id="event-([^"]+)"/g)].map(([, id]) => id)).toEqual([
        ids[1],
        ids[0],
      ]);
    }
  });

  test("is not what a browser's script gets that takes anything", async () => {
    for (const accept of ["*/*", "application/json, text/plain, */*", "text/html;q=0.5, application/json"])
      expect((await get("/feed", { accept })).headers.get("content-type")).toMatch(/^application\/json/);
    expect((await html("/feed?timeZone=Mars/Base")).status).toBe(400);
  });
});

describe("activities", () => {
  const activity = { accept: "application/activity+json" };

  test("are a page of a collection with addresses that lead on", async () => {
    const response = await get("/feed?limit=2&types=card.*", activity);
    expect(response.headers.get("content-type")).toBe("application/activity+json");
    const page = (await response.json()) as { next: string; orderedItems: object[] };
    expect(page).toMatchObject({
      type: "OrderedCollectionPage",
      id: "https://app.example.com/tidings/feed?limit=2&types=card.*",
      partOf: "https://app.example.com/tidings/feed?types=card.*",
      orderedItems: [
        { type: "Move", actor: { name: "Ben" } },
        { type: "Move", actor: { name: "Ann" } },
      ],
    });
    const next = await api.get(new URL(page.next).pathname + new URL(page.next).search, {
      headers: activity,
    });
    const last = (await next.json()) as { next?: string; prev: string };
    expect(last).toMatchObject({
      orderedItems: [{ id: `https://app.example.com/tidings/events/${ids[0]}` }],
    });
    expect(last.next).toBeUndefined();
    expect(last.prev).toContain("after=");
  });

  test("of a timeline are those of its entity, also by the name of JSON-LD", async () => {
    const accept = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';
    const page = await json(`/timeline/card/${encodeURIComponent("1")}`, { accept });
    expect(page).toMatchObject({ id: "https://app.example.com/tidings/timeline/card/1", orderedItems: [{}] });
  });

  test("are refused without the address that their ids begin with, which is never guessed", async () => {
    const { handler } = createTidings({
      db: api.tidings.db,
      events,
      http: { authorize: () => ({ account: "acme", actor: ann, role: "reader" }) },
    });
    const response = await handler(new Request("https://app.example.com/feed", { headers: activity }));
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({
      code: "PUBLIC_URL_MISSING",
      title: expect.stringContaining("http.publicUrl") as string,
    });
  });

  test.each(["app.example.com", "ftp://app.example.com", "https://app.example.com/?a"])(
    "%s is no public address",
    (publicUrl) => {
      expect(() => createTidings({ db: api.tidings.db, events, http: { publicUrl } })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
    },
  );
});

describe("the live stream", () => {
  async function firstMessage(query: string) {
    const response = await get(`/live?after=0&${query}`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("id: 3\n") || !text.endsWith("\n\n")) text += (await reader.read()).value ?? "";
    await reader.cancel();
    return text.split("\n\n").filter((message) => message.includes("data:"));
  }

  test("carries articles for htmx, whatever a name holds", async () => {
    const messages = await firstMessage("format=html&locale=de");
    expect(messages).toHaveLength(3);
    expect(messages[0]).toMatch(/^id: 1\nevent: event\ndata: <article id="event-/);
    expect(messages[0]).toContain("<bdi>Du</bdi></a> hast ");
    for (const line of messages[2]!.split("\n")) expect(line).toMatch(/^(id|event|data): /);
    expect(messages[2]).not.toContain("\r");
    expect(messages[2]).not.toContain("<script");
  });

  test("carries streams for Turbo, as messages without a name", async () => {
    const [message] = await firstMessage("format=turbo-stream&target=news");
    expect(message).toMatch(/^id: 1\ndata: <turbo-stream action="prepend" target="news"><template><article /);
    expect(message).toMatch(/<\/article><\/template><\/turbo-stream>$/);
  });

  test("carries items in the reader's language", async () => {
    const [message] = await firstMessage("locale=de");
    expect(message).toContain('"text":"Ann hat Card 1 nach Done verschoben"');
  });

  test("is refused before it begins where it could not be written", async () => {
    expect((await get("/live?format=html&timeZone=Mars/Base")).status).toBe(400);
    expect((await get('/live?format=turbo-stream&target="x')).status).toBe(400);
  });
});
