import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { recordAt } from "../../test/support/recordAt.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements, type WatchedDatabase } from "../../test/support/watchStatements.ts";
import { defineEvent } from "../events/defineEvent.ts";
import type { Draft } from "../events/draft.ts";
import { defineEntity, optional } from "../events/entity.ts";
import { renderText } from "../events/renderSentence.ts";
import { sentence } from "../events/sentence.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { FeedQuery } from "./feed.ts";
import type { FeedGroup } from "./feedGroup.ts";

const user = defineEntity("user");
const column = defineEntity("column");
const board = defineEntity("board", { url: (id) => `/boards/${id}` });
const card = defineEntity("card", { url: (id) => `/cards/${id}`, icon: "square" });
const moved = defineEvent("card.moved", {
  subject: card,
  refs: { from: column, to: column, board: optional(board) },
  group: ["to", "board"],
  sentence: (e) => sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to}`,
});
const commented = defineEvent("card.commented", {
  subject: card,
  refs: { board },
  data: z.object({ text: z.string() }),
  sentence: (e) => sentence`${e.actor} commented on ${e.subject}: ${e.data.text}`,
  aliases: ["comment"],
});
const opened = defineEvent("card.opened", {
  subject: card,
  sentence: (e) => sentence`${e.actor} opened ${e.subject}`,
});
const watched = defineEvent("card.watched", {
  subject: card,
  group: ["subject"],
  sentence: (e) => sentence`${e.actor} watched ${e.subject}`,
});
const deleted = defineEvent("card.deleted", { subject: card, group: false });
const closed = defineEvent("card.closed", {
  subject: card,
  groupSentence: (g, words) =>
    sentence`${g.actors} closed ${words.plural(g.subjects.length, { one: "# card", other: "# cards" })}`,
});
const events = { moved, commented, opened, watched, deleted, closed };

const MINUTE = 60_000;
const start = Date.parse("2026-11-20T09:00:00Z");
const ann = user("ann", "Ann");
const ben = user("ben", "Ben");
const cleo = user("cleo", "Cleo");
const dan = user("dan", "Dan");
let database: PostgresTestDatabase;
let statements: WatchedDatabase<unknown>;
let tidings: Tidings;
let account = "";
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  statements = watchStatements(database.db);
  tidings = createTidings({ db: statements.db, events });
});
afterAll(() => database.drop());
beforeEach(() => {
  account = `account-${++count}`;
});

/** A draft and after how many minutes it was recorded. */
const at = (minutes: number, draft: Draft) => ({ at: start + minutes * MINUTE, draft });
const record = (...drafts: { at: number; draft: Draft }[]) =>
  tidings.run({ account, actor: ann }, () => recordAt(tidings, database, drafts));
const move = (id: string, extra: { from?: string; to?: string; actor?: typeof ann | undefined } = {}) =>
  moved({
    subject: card(id, `Card ${id}`),
    refs: {
      from: column(extra.from ?? "todo", extra.from ?? "To do"),
      to: column(extra.to ?? "done", extra.to ?? "Done"),
    },
    actor: extra.actor,
  });
const groupsOf = async (query: FeedQuery = {}) => (await tidings.groupedFeed({ account, ...query })).groups;
const texts = async (query: FeedQuery = {}) => (await groupsOf(query)).map(({ text }) => text);

describe("a grouped feed", () => {
  test("shows what one person did to several things, close together, as one line", async () => {
    const ids = await record(
      at(0, move("1")),
      at(14, move("2")),
      at(28, move("3")),
      at(30, opened({ subject: card("1", "Card 1") })),
    );
    const [open, group] = (await groupsOf()) as [FeedGroup, FeedGroup];
    expect(open).toMatchObject({ count: 1, text: "Ann opened Card 1", id: ids[3], url: "/cards/1" });
    expect(group).toMatchObject({
      id: ids[0],
      count: 3,
      continues: false,
      actorCount: 1,
      subjectCount: 3,
      firstAt: new Date(start),
      lastAt: new Date(start + 28 * MINUTE),
      text: "Ann moved Card 3, Card 2 and Card 1 from To do to Done",
      icon: "square",
      url: null,
    });
    expect(group.subjects.map(({ id, url }) => [id, url])).toEqual([
      ["3", "/cards/3"],
      ["2", "/cards/2"],
      ["1", "/cards/1"],
    ]);
    expect(group.latest).toMatchObject({ id: ids[2], text: "Ann moved Card 3 from To do to Done" });
    expect(renderText(group.sentence, { viewer: ann })).toBe(
      "You moved Card 3, Card 2 and Card 1 from To do to Done",
    );
  });

  test("other events between two of a group do not part it, more than 15 minutes do", async () => {
    await record(
      at(0, move("1")),
      at(5, opened({ subject: card("9", "Nine") })),
      at(15, move("2")),
      at(30.1, move("3")),
    );
    expect(await texts()).toEqual([
      "Ann moved Card 3 from To do to Done",
      "Ann moved Card 2 and Card 1 from To do to Done",
      "Ann opened Nine",
    ]);
  });

  test("another actor, a role that group names, whom it was for, and a severity keep lines apart", async () => {
    await record(
      at(0, move("1")),
      at(1, move("2", { actor: ben })),
      at(2, move("3", { to: "Doing" })),
      at(3, { ...move("4"), onBehalfOf: ben }),
      at(4, { ...move("5"), severity: "warning" }),
      at(5, { ...move("6"), severity: "warning" }),
      at(6, deleted({ subject: card("7") })),
      at(7, deleted({ subject: card("8") })),
    );
    expect((await groupsOf()).map((group) => group.count)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect((await groupsOf({ types: [deleted] })).map(({ key }) => key)).toEqual([null, null]);
  });

  test("what is recorded at once and happened on other days is not one line: an import", async () => {
    const onDay = (day: number): Draft => ({
      ...move(String(day)),
      occurredAt: new Date(Date.UTC(2026, 2, day)),
    });
    const drafts = [onDay(1), onDay(2), { ...onDay(3), occurredAt: new Date(Date.UTC(2026, 2, 2, 0, 10)) }];
    await tidings.run({ account, actor: ann }, () => tidings.record(...drafts));
    const groups = await groupsOf();
    expect(groups.map((group) => group.count)).toEqual([2, 1]);
    expect(groups[0]).toMatchObject({
      firstAt: new Date(Date.UTC(2026, 2, 2)),
      lastAt: new Date(Date.UTC(2026, 2, 2, 0, 10)),
    });
  });

  test("a role that group does not name may differ, and is listed", async () => {
    await record(at(0, move("1")), at(1, move("2", { from: "Doing" })));
    expect(await texts()).toEqual(["Ann moved Card 2 and Card 1 from Doing and To do to Done"]);
  });

  test("more than three are named and counted", async () => {
    await record(...["1", "2", "3", "4", "5"].map((id, minute) => at(minute, move(id))));
    expect(await texts()).toEqual(["Ann moved Card 5, Card 4, Card 3 and 2 others from To do to Done"]);
    expect(await texts({ subjects: ["card:1", "card:2", "card:3", "card:4"] })).toEqual([
      "Ann moved Card 4, Card 3, Card 2 and 1 other from To do to Done",
    ]);
  });

  test("the same done again is told with how often", async () => {
    const comment = (text: string) =>
      commented({ subject: card("1", "One"), refs: { board: board("b") }, data: { text } });
    await record(
      at(0, comment("hi")),
      at(1, comment("hi")),
      at(2, opened({ subject: card("1", "One") })),
      at(3, opened({ subject: card("1", "One") })),
    );
    const [open, comments] = (await groupsOf()) as [FeedGroup, FeedGroup];
    expect([open.text, open.url]).toEqual(["Ann opened One 2 times", "/cards/1"]);
    expect(comments.text).toBe("Ann commented on One: hi 2 times");
  });

  test("what is quoted of the newest does not stand for the others", async () => {
    const comment = (text: string) =>
      commented({ subject: card("1", "One"), refs: { board: board("b") }, data: { text } });
    await record(at(0, comment("first")), at(1, comment("second")), at(2, comment("third")));
    expect(await texts()).toEqual(["Ann commented on One: third, and 2 more"]);
  });

  test("with the subject in common, people are grouped, and who reads is You among them", async () => {
    await record(
      ...[ann, ben, cleo, dan, ben].map((actor, minute) =>
        at(minute, watched({ subject: card("1", "One"), actor })),
      ),
    );
    const [group] = (await groupsOf()) as [FeedGroup];
    expect(group.text).toBe("Ben, Dan, Cleo and 1 other watched One");
    expect(renderText(group.sentence, { viewer: dan })).toBe("Ben, you, Cleo and 1 other watched One");
    expect([group.actorCount, group.actors.map(({ id }) => id), group.subjectCount]).toEqual([
      4,
      ["ben", "dan", "cleo"],
      1,
    ]);
  });

  test("a definition's groupSentence is used for two and more", async () => {
    await record(
      at(0, closed({ subject: card("1", "One") })),
      at(20, closed({ subject: card("2") })),
      at(21, closed({ subject: card("3") })),
    );
    expect(await texts()).toEqual(["Ann closed 2 cards", "Ann closed card One"]);
  });

  test("a group that the page cuts says so, and goes on as a group of its own", async () => {
    const minutes = [0, 1, 2, 3, 4, 5, 6, 7];
    const ids = await record(...minutes.map((minute) => at(minute, move(String(minute)))));
    const first = await tidings.groupedFeed({ account, limit: 1 });
    expect(first.groups).toMatchObject([{ id: ids[3], count: 5, continues: true }]);
    const second = await tidings.groupedFeed({ account, limit: 1, before: first.older! });
    expect(second.groups).toMatchObject([{ id: ids[0], count: 3, continues: false }]);
    expect(second.older).toBeNull();
    expect(second.groups[0]!.key).toBe(first.groups[0]!.key);
  });

  test("a group that ends where the page does is not cut", async () => {
    await record(at(0, opened({ subject: card("1") })), at(1, move("1")), at(2, move("2")));
    const page = await tidings.groupedFeed({ account, limit: 1 });
    expect(page.groups).toMatchObject([{ count: 2, continues: false }]);
    expect(page.older).not.toBeNull();
  });

  test("costs the same statements however many events there are", async () => {
    await record(...Array.from({ length: 40 }, (_, index) => at(index, move(String(index)))));
    statements.statements.length = 0;
    await groupsOf({ limit: 3 });
    // The events that a page needs at most, once for the first of them and once for the others.
    expect(statements.statements.length).toBeLessThanOrEqual(3);
  });
});

describe("a group", () => {
  test("grows with what joins it, and keeps its id", async () => {
    const [id] = await record(at(0, move("1")), at(10, move("2")));
    const [group] = (await groupsOf()) as [FeedGroup];
    await record(
      at(20, move("3")),
      at(21, opened({ subject: card("1") })),
      at(34, move("4")),
      at(50, move("5")),
    );
    expect((await tidings.group(id!, { account })).items.map(({ subject }) => subject.id)).toEqual([
      "4",
      "3",
      "2",
      "1",
    ]);
    const exactly = await tidings.group(id!, { account, newest: group.latest.id });
    expect(exactly.group).toEqual(group);
    expect(exactly.items.map(({ subject }) => subject.id)).toEqual(["2", "1"]);
  });

  test("gives its items in pages", async () => {
    const [id] = await record(...["1", "2", "3"].map((subject, minute) => at(minute, move(subject))));
    const first = await tidings.group(id!, { account, limit: 2 });
    expect([first.group.count, first.items.map(({ subject }) => subject.id)]).toEqual([3, ["3", "2"]]);
    const second = await tidings.group(id!, { account, limit: 2, before: first.older! });
    expect([second.items.map(({ subject }) => subject.id), second.older]).toEqual([["1"], null]);
  });

  test("is whole up to any newest id, also the last one that there can be", async () => {
    const [id] = await record(at(0, move("1")), at(1, move("2")));
    const newest = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    expect((await tidings.group(id!, { account, newest })).group.count).toBe(2);
  });

  test("is unknown to another account, to who may not see it, and where the filter leaves it out", async () => {
    const [id] = await record(at(0, { ...move("1"), audience: ["admins"] }));
    const unknown = { code: "EVENT_NOT_FOUND" };
    await expect(tidings.group(id!, { account: "other" })).rejects.toMatchObject(unknown);
    await expect(tidings.group(id!, { account, viewer: ben })).rejects.toMatchObject(unknown);
    await expect(tidings.group(id!, { account, types: [opened] })).rejects.toMatchObject(unknown);
    await expect(tidings.group("1", { account })).rejects.toMatchObject(unknown);
    await expect(tidings.group(id!, { account, newest: "1" })).rejects.toMatchObject({
      code: "INVALID_CURSOR",
    });
    expect(
      (await tidings.group(id!, { account, viewer: { ...ben, audiences: ["admins"] } })).group.count,
    ).toBe(1);
  });

  test("tells a viewer of nobody and of nothing that they may not see", async () => {
    await record(
      at(0, watched({ subject: card("1", "One"), actor: ben })),
      at(1, { ...watched({ subject: card("1", "One"), actor: cleo }), audience: [cleo] }),
      at(2, watched({ subject: card("1", "One"), actor: dan })),
    );
    const [group] = (await groupsOf({ viewer: ann })) as [FeedGroup];
    expect(group).toMatchObject({ count: 2, actorCount: 2, text: "Dan and Ben watched One" });
    expect(JSON.stringify(group)).not.toMatch(/cleo/i);
    expect((await tidings.group(group.id, { account, viewer: ann })).items).toHaveLength(2);
  });
});

describe("pages of groups", () => {
  const ids = fc.constantFrom("1", "2", "3");
  const draft: fc.Arbitrary<Draft> = fc
    .record({
      make: fc.constantFrom(
        (id: string) => move(id),
        (id: string) => move(id, { to: "Doing" }),
        (id: string) => opened({ subject: card(id) }),
        (id: string) => watched({ subject: card(id) }),
        (id: string) => deleted({ subject: card(id) }),
        (id: string) => commented({ subject: card(id), refs: { board: board(id) }, data: { text: id } }),
      ),
      id: ids,
      actor: fc.constantFrom(ann, ben),
      severity: fc.constantFrom("info" as const, "info" as const, "error" as const),
      audience: fc.constantFrom(null, null, ["admins"]),
      occurredAt: fc.option(
        fc.integer({ min: 0, max: 60 }).map((minute) => new Date(start + minute * MINUTE)),
        { nil: undefined, freq: 3 },
      ),
    })
    .map(({ make, id, ...common }) => ({ ...make(id), ...common }));
  const filter: fc.Arbitrary<FeedQuery> = fc.record(
    {
      types: fc.constantFrom(["card.moved"], ["card.moved", "card.watched"], ["card.*"]),
      subjects: fc.constantFrom(["card:1"], ["card:1", "card:2"]),
      actors: fc.constantFrom(["user:ann"], ["user:ben"]),
      of: fc.constantFrom(["column:done"], ["card:1", "user:ben"]),
      viewer: fc.constantFrom(ben, { ...ben, audiences: ["admins"] }),
    },
    { requiredKeys: [] },
  );

  test("hold the events of a straight read once, whatever the filter, limit and direction", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(draft, fc.integer({ min: 1, max: 9 * MINUTE })), { minLength: 1, maxLength: 60 }),
        fc.array(fc.tuple(filter, fc.integer({ min: 1, max: 8 }), fc.boolean()), {
          minLength: 4,
          maxLength: 4,
        }),
        async (drafts, readings) => {
          account = `account-${++count}`;
          let time = start;
          await record(...drafts.map(([draft, gap]) => ({ draft, at: (time += gap) })));
          for (const [query, limit, forwards] of readings) {
            const straight = (await tidings.feed({ account, ...query, limit: 200 })).items.map(
              ({ id }) => id,
            );
            const seen: string[] = [];
            for (const { groups } of await allPages({ account, ...query, limit }, forwards)) {
              expect(groups.length).toBeLessThanOrEqual(limit);
              const newest = groups.map(({ latest }) => latest.id);
              expect(newest).toEqual(newest.toSorted().toReversed());
              for (const group of groups) {
                const { items, group: again } = await tidings.group(group.id, {
                  account,
                  ...query,
                  newest: group.latest.id,
                });
                expect({ ...again, continues: group.continues }).toEqual(group);
                expect(items).toHaveLength(group.count);
                seen.push(...items.map(({ id }) => id));
              }
            }
            expect(seen.toSorted()).toEqual(straight.toSorted());
          }
        },
      ),
      { numRuns: 25, interruptAfterTimeLimit: 30_000 },
    );
  }, 60_000);

  async function allPages(query: FeedQuery, forwards: boolean) {
    const lowest = "00000000-0000-0000-0000-000000000000";
    let cursor: string | null | undefined = forwards ? lowest : undefined;
    const pages = [];
    for (;;) {
      const page = await tidings.groupedFeed({
        ...query,
        ...(forwards ? { after: cursor! } : cursor && { before: cursor }),
      });
      pages.push(page);
      cursor = forwards ? page.newer : page.older;
      if (cursor === null || (forwards && page.groups.length === 0)) return pages;
    }
  }
});
