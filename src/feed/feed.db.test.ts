import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements, type WatchedDatabase } from "../../test/support/watchStatements.ts";
import { defineEvent } from "../events/defineEvent.ts";
import type { Draft } from "../events/draft.ts";
import { defineEntity, many, optional, type LoadedEntity } from "../events/entity.ts";
import { renderHtml } from "../events/renderSentence.ts";
import { sentence } from "../events/sentence.ts";
import type { SignalMap } from "../signals.ts";
import { createTidings, type Tidings } from "../tidings.ts";

/** What the app's tables hold: what is not here was deleted. */
const present = new Map<string, LoadedEntity>();
const loadCards = vi.fn(async (ids: readonly string[], { account }: { account: string }) =>
  ids.flatMap((id) => present.get(`${account}/${id}`) ?? []),
);
const loadUsers = vi.fn(async (ids: readonly string[]) => ids.map((id) => ({ id, label: `Dr ${id}` })));

const user = defineEntity("user", { url: (id) => `/people/${id}`, load: loadUsers });
const card = defineEntity("card", { url: (id) => `/cards/${id}`, icon: "square", load: loadCards });
const board = defineEntity("board", { url: (id) => `/boards/${id}` });
const link = defineEntity("link", { url: (id) => id });
const broken = defineEntity("broken", {
  url: () => {
    throw new Error("no route");
  },
});
const ard = defineEntity("ard", { load: async () => [] });
const plain = defineEntity("plain_thing");

const moved = defineEvent("card.moved", {
  subject: card,
  refs: { after: optional(card), board, seen: many(user) },
  sentence: (e) => sentence`${e.actor} moved ${e.subject} on ${e.refs.board} for ${e.refs.seen}`,
  icon: "arrow-right",
});
const commented = defineEvent("card.commented", {
  subject: card,
  data: z.object({ comment: z.string(), throws: z.boolean().default(false) }),
  sentence: (e) => {
    if (e.data.throws) throw new Error("sentence");
    // What an older event held, read by code that expects more of it: neither an entity nor a text.
    if (e.data.comment === "{}") return sentence`${e.actor} said ${{} as never}`;
    return e.data.comment === "text" ? ("text" as never) : sentence`${e.actor} said ${e.data.comment}`;
  },
  url: (e) => `${e.subject.id}` && `/cards/${e.subject.id}#${e.data.comment}`,
});
const boardAdded = defineEvent("board.added", { subject: board });
const linkShared = defineEvent("link.shared", { subject: link });
const brokenSeen = defineEvent("broken.seen", { subject: broken });
const thingDone = defineEvent("plain_thing.was_done", { subject: plain, url: () => null });
const ardAdded = defineEvent("ard.added", { subject: ard });
const pinged = defineEvent("board.pinged", { subject: board, lane: "system" });
const events = { moved, commented, boardAdded, linkShared, brokenSeen, thingDone, ardAdded, pinged };

const ann = user("ann", "Ann");
let database: PostgresTestDatabase;
let watched: WatchedDatabase<unknown>;
let tidings: Tidings;
let account = "";
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  watched = watchStatements(database.db);
  tidings = createTidings({ db: watched.db, events });
});
afterAll(() => database.drop());
beforeEach(() => {
  account = `account-${++count}`;
  loadCards.mockReset();
  loadUsers.mockReset();
});

const record = (...drafts: Draft[]) => tidings.run({ account, actor: ann }, () => tidings.record(...drafts));
const exists = (id: string, loaded: Omit<LoadedEntity, "id"> = {}) =>
  present.set(`${account}/${id}`, { id, ...loaded });
const move = (id: string, extra: Partial<Parameters<typeof moved>[0]["refs"]> = {}) =>
  moved({ subject: card(id, `Card ${id}`), refs: { board: board("b", "Plans"), seen: [], ...extra } });
const newest = async () => (await tidings.feed({ account, limit: 1 })).items[0]!;

describe("a timeline", () => {
  test("passes over rows that outlive their event: retention drops a month of events before their quarter", async () => {
    const [event] = await record(move("1"));
    for (const entity of ["card:1", "card:gone"]) {
      await database.db.query(
        `insert into tidings.timeline (account_id, entity, lane, event_id, type)
         values ($1, $2, 'domain', '01900000-0000-7000-8000-000000000000', 'card.moved')`,
        [account, entity],
      );
    }
    const { items } = await tidings.timeline(card("1"), { account });
    expect(items.map(({ id }) => id)).toEqual([event!.id]);
    expect(await tidings.events.count({ account, of: card("1") })).toBe(1);
    expect(await tidings.timeline(card("gone"), { account })).toMatchObject({ items: [], older: null });
    expect(await tidings.events.count({ account, of: card("gone") })).toBe(0);
    expect(await tidings.events.latest(card("gone"), { account })).toBeNull();
  });
});

describe("an item", () => {
  test("carries the sentence, icon, url, whether it is actionable, actor, subject and time", async () => {
    exists("1");
    const [event] = await record({ ...move("1", { seen: [user("ben", "Ben")] }), severity: "warning" });
    expect(await newest()).toEqual({
      id: event!.id,
      type: "card.moved",
      version: 1,
      category: "card",
      lane: "domain",
      severity: "warning",
      actor: { type: "user", id: "ann", label: "Dr ann", url: "/people/ann", deleted: false },
      onBehalfOf: null,
      subject: { type: "card", id: "1", label: "Card 1", url: "/cards/1", deleted: false },
      occurredAt: event!.occurredAt,
      icon: "arrow-right",
      url: "/cards/1",
      actionable: true,
      sentence: [
        {
          text: "Dr ann",
          entity: { type: "user", id: "ann", label: "Dr ann" },
          url: "/people/ann",
          isActor: true,
        },
        { text: " moved " },
        { text: "Card 1", entity: { type: "card", id: "1", label: "Card 1" }, url: "/cards/1" },
        { text: " on " },
        { text: "Plans", entity: { type: "board", id: "b", label: "Plans" }, url: "/boards/b" },
        { text: " for " },
        { text: "Dr ben", entity: { type: "user", id: "ben", label: "Dr ben" }, url: "/people/ben" },
      ],
      text: "Dr ann moved Card 1 on Plans for Dr ben",
    });
  });

  test("takes icon and address from the definition, then the subject's entity, then the default", async () => {
    exists("1");
    await record(commented({ subject: card("1"), data: { comment: "c7" } }));
    expect(await newest()).toMatchObject({ icon: "square", url: "/cards/1#c7", actionable: true });
    await record(boardAdded({ subject: board("b") }));
    expect(await newest()).toMatchObject({ icon: "activity", url: "/boards/b" });
    await record(thingDone({ subject: plain("p") }));
    expect(await newest()).toMatchObject({ url: null, actionable: false });
  });

  test("without a sentence of its own says who did what to what", async () => {
    await record(thingDone({ subject: plain("p", "Pump") }));
    expect((await newest()).text).toBe("Dr ann was done plain thing Pump");
    await record(thingDone({ subject: plain("p") }));
    expect((await newest()).text).toBe("Dr ann was done plain thing p");
  });

  test("whose sentence or address throws does not take the page with it", async () => {
    exists("1");
    await record(
      commented({ subject: card("1", "Card"), data: { comment: "hi", throws: true } }),
      brokenSeen({ subject: broken("1") }),
      boardAdded({ subject: board("b", "Plans") }),
    );
    const { items } = await tidings.feed({ account });
    expect(items.map(({ text }) => text)).toEqual([
      "Dr ann added board Plans",
      "Dr ann seen broken 1",
      "Dr ann commented card Card",
    ]);
    expect(items[1]).toMatchObject({ url: null, actionable: false });
  });

  test.each(["{}", "text"])("whose sentence is none (%s) does not take the page with it", async (comment) => {
    exists("1");
    await record(commented({ subject: card("1", "Card"), data: { comment } }));
    expect((await newest()).text).toBe("Dr ann commented card Card");
  });

  test.each(["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//evil.example"])(
    "never leads to %s",
    async (id) => {
      await record(linkShared({ subject: link(id, "Click") }));
      const item = await newest();
      expect(item).toMatchObject({ url: null, actionable: false, subject: { url: null } });
      expect(item.sentence.some((part) => part.url === id)).toBe(false);
    },
  );

  test("of a type or version that this process does not know has a fallback sentence and its own address", async () => {
    exists("1");
    await record(move("1"));
    const older = createTidings({
      db: database.db,
      events: [boardAdded, defineEvent("card.opened", { subject: card }), user],
    });
    const unknown = (await older.feed({ account, types: ["card.moved"] })).items[0];
    expect(unknown).toMatchObject({ text: "Dr ann moved card Card 1", icon: "square", url: "/cards/1" });

    await database.db.query(
      `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
         subject_label, actor_type, actor_id, occurred_at, refs, data, metadata)
       values ($1, 'domain', 'fff00000-0000-7000-8000-000000000001', 'card.commented', 2, 'info', 'card', '1', 'One',
         'user', 'ann', now(), '{}', '{"words":["new"]}', '{}')`,
      [account],
    );
    expect(await newest()).toMatchObject({ text: "Dr ann commented card One", version: 2, url: "/cards/1" });
  });
});

describe("live subjects", () => {
  test("each kind is loaded by one call a page, whatever the page holds", async () => {
    for (let id = 1; id <= 30; id++) exists(String(id));
    await record(
      ...Array.from({ length: 60 }, (_, index) =>
        move(String((index % 30) + 1), { after: card(String(((index + 7) % 30) + 1)), seen: [user("ben")] }),
      ),
    );
    watched.statements.length = 0;
    const { items } = await tidings.feed({ account, limit: 60 });
    expect(items).toHaveLength(60);
    expect(loadCards).toHaveBeenCalledTimes(1);
    expect(loadCards.mock.calls[0]![0].toSorted()).toEqual(
      Array.from({ length: 30 }, (_, id) => String(id + 1)).sort(),
    );
    expect(loadCards.mock.calls[0]![1]).toEqual({ account });
    expect(loadUsers).toHaveBeenCalledTimes(1);
    expect(watched.statements).toHaveLength(1);
  });

  test("a page without such entities loads nothing", async () => {
    await tidings.feed({ account });
    expect(loadCards).not.toHaveBeenCalled();
    expect(loadUsers).not.toHaveBeenCalled();
  });

  test("the present title and address are shown, the recorded ones where there are none", async () => {
    exists("1", { label: "New title", url: "/projects/3/cards/1" });
    await record(move("1"));
    expect(await newest()).toMatchObject({
      text: "Dr ann moved New title on Plans for ",
      subject: { label: "New title", url: "/projects/3/cards/1" },
      url: "/projects/3/cards/1",
    });
  });

  test("a deleted one is plain text under its recorded title, and not actionable", async () => {
    await record(move("gone"));
    const item = await newest();
    expect(item).toMatchObject({
      subject: { label: "Card gone", url: null, deleted: true },
      url: null,
      actionable: false,
    });
    expect(item.sentence[2]).toEqual({
      text: "Card gone",
      entity: { type: "card", id: "gone", label: "Card gone" },
    });
    await record(commented({ subject: card("gone"), data: { comment: "c7" } }));
    expect(await newest()).toMatchObject({ url: null, actionable: false });
  });

  const notAnswers: [string, () => unknown, string][] = [
    ["throws", () => Promise.reject(new Error("relation cards does not exist")), "relation cards"],
    ["throws at once", () => expect.unreachable("no pool"), "no pool"],
    ["gives null", () => null, "load gave null"],
    ["gives a text", () => "card", "load gave string"],
    ["gives what has no id", () => [{ id: "1" }, { label: "One" }], "load gave something else at index 1"],
    [
      "gives a label that is no text",
      () => [{ id: "1", label: { en: "One" } }],
      "load gave something else at",
    ],
  ];
  test.each(notAnswers)(
    "where a load %s, its kind is shown as recorded, as plain text; the others and the page stay, and a signal says why",
    async (_, answer, why) => {
      const failed: SignalMap["entity.load_failed"][] = [];
      const stop = tidings.signals.on("entity.load_failed", (signal) => failed.push(signal));
      await record(move("1"), move("2"), boardAdded({ subject: board("b", "Plans") }));
      loadCards.mockImplementationOnce(answer as never);
      const { items } = await tidings.feed({ account });
      expect(items.map(({ text }) => text)).toEqual([
        "Dr ann added board Plans",
        "Dr ann moved Card 2 on Plans for ",
        "Dr ann moved Card 1 on Plans for ",
      ]);
      expect(items[2]).toMatchObject({
        subject: { label: "Card 1", url: null, deleted: false },
        url: null,
        actionable: false,
      });
      expect(failed).toMatchObject([{ entity: "card", account, ids: ["2", "1"] }]);
      expect(String(failed[0]!.error)).toContain(why);
      expect(loadCards).toHaveBeenCalledTimes(1);

      // Every other reading too.
      loadCards.mockImplementation(answer as never);
      loadUsers.mockImplementation(answer as never);
      expect((await tidings.groupedFeed({ account })).groups).toHaveLength(2);
      const { entity } = await tidings.entities.overview(card(1), { account });
      expect(entity).toMatchObject({ label: "Card 1", deleted: false });
      expect((await tidings.facets({ account })).actors[0]!.actor.label).toBe("Ann");
      stop();
    },
  );

  test("rows may bring their ids as numbers", async () => {
    await record(move("1"));
    loadCards.mockImplementationOnce(async () => [{ id: 1, label: "One" }] as never);
    expect((await newest()).subject).toMatchObject({ id: "1", label: "One", deleted: false });
  });

  test("another account's entity is never shown for one of the same id", async () => {
    const [mine] = await record(move("1"));
    const [theirs] = await tidings.run({ account: `${account}-b`, actor: ann }, () =>
      tidings.record(move("1")),
    );
    present.set(`${account}/1`, { id: "1", label: "Mine" });
    present.set(`${account}-b/1`, { id: "1", label: "Theirs" });
    const items = await tidings.items([mine!, theirs!]);
    expect(items.map(({ subject }) => subject.label)).toEqual(["Mine", "Theirs"]);
  });

  test("accounts and kinds that run into each other stay apart", async () => {
    // Written one after the other, a + card:1 is ac + ard:1.
    const [one] = await tidings.record({ ...move("1"), actor: ann, account: "a" });
    const [two] = await tidings.record({
      ...ardAdded({ subject: ard("1", "Ard") }),
      actor: ann,
      account: "ac",
    });
    present.set("a/1", { id: "1", label: "Present" });
    const items = await tidings.items([one, two]);
    expect(items.map(({ subject }) => [subject.label, subject.deleted])).toEqual([
      ["Present", false],
      ["Ard", true],
    ]);
  });
});

describe("pages", () => {
  test("cursors survive inserts while paging", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 10; index++)
      ids.unshift((await record(boardAdded({ subject: board(index) })))[0]!.id);
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const page = await tidings.feed({ account, before, limit: 3 });
      seen.push(...page.items.map(({ id }) => id));
      before = page.older ?? undefined;
      await record(boardAdded({ subject: board("late") }));
    } while (before);
    expect(seen).toEqual(ids);
  });

  test("both directions meet", async () => {
    await record(...Array.from({ length: 9 }, (_, index) => boardAdded({ subject: board(index) })));
    const all = (await tidings.feed({ account })).items.map(({ id }) => id);
    const middle = await tidings.feed({ account, before: all[2]!, limit: 3 });
    expect(middle.items.map(({ id }) => id)).toEqual(all.slice(3, 6));
    const newer = await tidings.feed({ account, after: middle.newer!, limit: 3 });
    const older = await tidings.feed({ account, before: middle.older!, limit: 3 });
    expect([...newer.items, ...middle.items, ...older.items].map(({ id }) => id)).toEqual(all);
    expect(older.older).toBeNull();
    const back = await tidings.feed({ account, before: newer.older!, limit: 3 });
    expect(back.items).toEqual(middle.items);
  });

  test("50 items unless asked, 1 to 200 when asked", async () => {
    await record(...Array.from({ length: 201 }, (_, index) => boardAdded({ subject: board(index) })));
    expect((await tidings.feed({ account })).items).toHaveLength(50);
    expect((await tidings.feed({ account, limit: 1 })).items).toHaveLength(1);
    const largest = await tidings.feed({ account, limit: 200 });
    expect(largest.items).toHaveLength(200);
    expect(largest.older).toBe(largest.items.at(-1)!.id);
  });

  test("an empty page has no neighbours", async () => {
    expect(await tidings.feed({ account })).toMatchObject({ items: [], older: null, newer: null });
  });

  test("the page carries the last position from before it was read", async () => {
    await tidings.work();
    const { position } = await tidings.feed({ account });
    await record(boardAdded({ subject: board(1) }));
    expect((await tidings.feed({ account })).position).toBe(position);
    await tidings.work();
    expect((await tidings.feed({ account })).position).toBe(position + 1);
    expect((await tidings.timeline(board(1), { account })).position).toBe(position + 1);
  });

  test("the feed is of the domain lane, a timeline of every lane, unless asked", async () => {
    await record(boardAdded({ subject: board(1) }), pinged({ subject: board(1) }));
    const types = (page: { items: readonly { type: string }[] }) => page.items.map(({ type }) => type);
    expect(types(await tidings.feed({ account }))).toEqual(["board.added"]);
    expect(types(await tidings.feed({ account, lanes: ["system"] }))).toEqual(["board.pinged"]);
    expect(types(await tidings.timeline(board(1), { account }))).toEqual(["board.pinged", "board.added"]);
    expect(types(await tidings.timeline("board:1", { account, lanes: ["domain"] }))).toEqual(["board.added"]);
  });
});

test("a hostile title is text in the page's HTML", async () => {
  exists("1", { label: `<img src=x onerror="alert(1)">` });
  await record(move("1"));
  const item = await newest();
  const html = renderHtml(item.sentence.map(({ text }) => ({ kind: "text" as const, text })));
  expect(html).not.toContain("<img");
});
