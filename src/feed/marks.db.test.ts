import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aMove, ann, ben, events } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { createTidings, type Tidings } from "../tidings.ts";

describeOnDatabases("read marks", (open, { name, needsSeveralConnections }) => {
  let database: TestDatabase;
  let tidings: Tidings;
  /** Positions and ids of acme's events, whose neighbours in the log are other accounts'. */
  let acme: { readonly id: string; readonly position: number }[];
  let last: number;

  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events });
    for (let turn = 0; turn < 8; turn++) {
      const accounts = ["acme", "other", "other", "acme"].slice(turn % 2);
      await tidings.record(...accounts.map((account) => ({ ...aMove(turn), account, actor: ann })));
    }
    await tidings.work();
    acme = [...(await tidings.events.read({ account: "acme" })).events];
    last = (await tidings.feed({ account: "acme" })).position;
  });
  afterAll(() => database.drop());

  let feeds = 0;
  /** A mark that no other test moves. */
  const noMark = () => ({ account: "acme", reader: ben, feed: `feed-${feeds++}` });
  /** Of somebody who was there before the first event. */
  const aMark = async () => {
    const mark = noMark();
    await tidings.marks.read({ ...mark, position: 0 });
    return mark;
  };
  const unreadIn = async (mark: ReturnType<typeof noMark>) => {
    const page = await tidings.feed({ account: "acme", limit: 200, reader: mark });
    return page.items
      .filter((item) => item.unread)
      .map(({ id }) => id)
      .toReversed();
  };

  test("somebody who never came has seen and read nothing", async () => {
    expect(await tidings.marks.get(noMark())).toMatchObject({ seen: 0, read: 0, updatedAt: null });
  });

  describe("who joins an account with a history", () => {
    const news = async (feed: string) => {
      const account = `joined-${feed}`;
      await tidings.record({ ...aMove(1), account, actor: ann }, { ...aMove(2), account, actor: ann });
      await tidings.work();
      const mark = { account, reader: ben, feed };
      const happens = async () => {
        const [event] = await tidings.record({ ...aMove(3), account, actor: ann });
        await tidings.work();
        return event.id;
      };
      return { mark, happens };
    };
    const told = async (mark: { account: string; reader: typeof ben; feed: string }) => {
      const page = await tidings.feed({ account: mark.account, reader: mark });
      return {
        items: page.items.flatMap(({ id, unread, unseen }) => (unread || unseen ? [id] : [])),
        ...(await tidings.unread(mark)),
      };
    };
    const nothing = { items: [], unread: 0, unseen: 0, capped: false };

    test("has nothing unread, by badge and by line, and what comes after joining is", async () => {
      const { mark, happens } = await news("begun");
      expect(await told(mark)).toEqual({ ...nothing, begun: false });
      await tidings.marks.begin(mark);
      expect(await told(mark)).toEqual({ ...nothing, begun: true });
      const id = await happens();
      expect(await told(mark)).toEqual({ items: [id], begun: true, unread: 1, unseen: 1, capped: false });
      expect(await tidings.marks.begin(mark), "changes nothing any more").toEqual(
        await tidings.marks.get(mark),
      );
      expect(await told(mark)).toMatchObject({ items: [id], unread: 1 });
    });

    test.each(["seen", "read", "items"] as const)(
      "begins by a first look where nobody said so: %s",
      async (kind) => {
        const { mark, happens } = await news(kind);
        const { items, position } = await tidings.feed({ account: mark.account });
        if (kind === "items") await tidings.marks.readItems({ ...mark, ids: [items[0]!.id] });
        else await tidings.marks[kind]({ ...mark, position });
        expect(await told(mark)).toEqual({ ...nothing, begun: true });
        const id = await happens();
        expect(await told(mark)).toEqual({ items: [id], begun: true, unread: 1, unseen: 1, capped: false });
      },
    );
  });

  test("a mark moves forward only, and what is read is seen", async () => {
    const mark = await aMark();
    expect(await tidings.marks.seen({ ...mark, position: 9 })).toMatchObject({ seen: 9, read: 0 });
    expect(await tidings.marks.read({ ...mark, position: 5 })).toMatchObject({ seen: 9, read: 5 });
    expect(await tidings.marks.seen({ ...mark, position: 3 })).toMatchObject({ seen: 9, read: 5 });
    expect(await tidings.marks.read({ ...mark, position: 4 })).toMatchObject({ seen: 9, read: 5 });
    expect(await tidings.marks.read({ ...mark, position: 12 })).toMatchObject({ seen: 12, read: 12 });
    expect(await tidings.marks.get(mark)).toMatchObject({ feed: mark.feed, seen: 12, read: 12 });
  });

  test("each reader and each feed has a mark of its own, and each account", async () => {
    const mark = await aMark();
    await tidings.marks.read({ ...mark, position: 7 });
    for (const other of [
      { ...mark, reader: ann },
      { ...mark, feed: "else" },
      { ...mark, account: "other" },
    ]) {
      expect(await tidings.marks.get(other)).toMatchObject({ seen: 0, read: 0 });
    }
    expect(await tidings.marks.get({ ...mark, reader: "user:ben" })).toMatchObject({ read: 7 });
  });

  test("no mark goes beyond the end of the log: what is to come stays unread", async () => {
    const { position: end } = await tidings.feed({ account: "acme", limit: 1 });
    const moved = await tidings.marks.read({ ...noMark(), position: Number.MAX_SAFE_INTEGER });
    expect(moved).toMatchObject({ seen: end, read: end });
  });

  test("a line that was opened is read, and the others are not", async () => {
    const mark = await aMark();
    const opened = [acme[3]!.id, acme[6]!.id];
    await tidings.marks.readItems({ ...mark, ids: opened });
    expect(await unreadIn(mark)).toEqual(acme.map(({ id }) => id).filter((id) => !opened.includes(id)));
  });

  test("lines that touch the mark move it, although other accounts' events lie in between", async () => {
    const mark = await aMark();
    await tidings.marks.readItems({ ...mark, ids: [acme[1]!.id, acme[2]!.id] });
    expect(await tidings.marks.get(mark)).toMatchObject({ read: 0 });
    expect(await tidings.marks.readItems({ ...mark, ids: [acme[0]!.id] })).toMatchObject({
      read: acme[2]!.position,
    });
    const [stored] = await database.db.query<{ above: string }>(
      "select read_above::text as above from tidings.read_marks where feed = $1",
      [mark.feed],
    );
    expect(stored!.above, "nothing is kept twice").toBe("{}");
  });

  test("marking all read forgets the single lines below", async () => {
    const mark = await aMark();
    await tidings.marks.readItems({ ...mark, ids: [acme[2]!.id, acme[8]!.id] });
    await tidings.marks.read({ ...mark, position: acme[5]!.position });
    expect(await unreadIn(mark)).toEqual([...acme.slice(6, 8), ...acme.slice(9)].map(({ id }) => id));
  });

  test("ids of another account and ids of nothing are passed over", async () => {
    const mark = await aMark();
    const foreign = (await tidings.events.list({ account: "other", limit: 1 })).items[0]!.id;
    const moved = await tidings.marks.readItems({
      ...mark,
      ids: [foreign, "nonsense", foreign.replace(/^../, "00")],
    });
    expect(moved).toMatchObject({ seen: 0, read: 0 });
    expect(await unreadIn(mark)).toHaveLength(acme.length);
  });

  test("with more single lines than are kept, the oldest gaps count as read", async () => {
    const mark = await aMark();
    await database.db.query(
      `update tidings.read_marks set read_above =
         (select range_agg(int8range(n * 2, n * 2 + 1)) from generate_series(1000, 1499) n) where feed = $1`,
      [mark.feed],
    );
    const moved = await tidings.marks.readItems({ ...mark, ids: [acme[1]!.id] });
    expect(moved.read, "501 ranges with this one").toBe(acme[1]!.position);
  });

  test("whatever devices do, in any order, what was read stays read", async () => {
    const position = fc.integer({ min: 0, max: last });
    const move = fc.oneof(
      position.map((read) => ({ read })),
      position.map((seen) => ({ seen })),
      fc
        .uniqueArray(fc.nat({ max: acme.length - 1 }), { minLength: 1, maxLength: 4 })
        .map((items) => ({ items })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 6 }), async (moves) => {
        const mark = await aMark();
        const read = new Set<string>();
        let seen = 0;
        for (const each of moves) {
          if ("items" in each) {
            const ids = each.items.map((index) => acme[index]!.id);
            await tidings.marks.readItems({ ...mark, ids });
            for (const id of ids) read.add(id);
          } else if ("read" in each) {
            await tidings.marks.read({ ...mark, position: each.read });
            for (const event of acme) if (event.position <= each.read) read.add(event.id);
            seen = Math.max(seen, each.read);
          } else {
            await tidings.marks.seen({ ...mark, position: each.seen });
            seen = Math.max(seen, each.seen);
          }
        }
        expect(await unreadIn(mark)).toEqual(acme.map(({ id }) => id).filter((id) => !read.has(id)));
        expect((await tidings.marks.get(mark)).seen).toBeGreaterThanOrEqual(seen);
      }),
      { numRuns: name === "pglite" ? 15 : 40, interruptAfterTimeLimit: 20_000 },
    );
  });

  test("of two devices at once the larger position wins, and no line that either opened is lost", async (context) => {
    needsSeveralConnections(context);
    for (let round = 0; round < 5; round++) {
      const mark = await aMark();
      const positions = acme.slice(0, 6).map(({ position }) => position);
      const opened = acme.slice(8).map(({ id }) => id);
      await Promise.all([
        ...positions.map((each) => tidings.marks.read({ ...mark, position: each })),
        ...opened.map((id) => tidings.marks.readItems({ ...mark, ids: [id] })),
      ]);
      expect(await unreadIn(mark)).toEqual(acme.slice(6, 8).map(({ id }) => id));
    }
  });

  test("what is own is never unread, and what has no position yet is new", async () => {
    const own = { reader: ann, feed: "mine" };
    await tidings.marks.read({ account: "acme", ...own, position: 0 });
    const mine = await tidings.feed({ account: "acme", limit: 200, reader: own });
    expect(mine.items.filter((item) => item.unread || item.unseen)).toEqual([]);
    const mark = { ...noMark(), account: "fresh" };
    await tidings.marks.begin(mark);
    const [fresh] = await tidings.record({ ...aMove(99), account: "fresh", actor: ann });
    const page = await tidings.feed({ account: "fresh", reader: mark });
    expect(page.items).toMatchObject([{ id: fresh.id, unread: true, unseen: true }]);
  });

  test("a page tells how far its reader was, also an empty one", async () => {
    const mark = await aMark();
    await tidings.marks.seen({ ...mark, position: 4 });
    const { mark: shown } = await tidings.feed({ account: "acme", types: ["card.added"], reader: mark });
    expect(shown).toMatchObject({ feed: mark.feed, seen: 4, read: 0 });
    expect(await tidings.feed({ account: "acme" })).not.toHaveProperty("mark");
  });

  test.each([
    [{ reader: "nobody" }, "reader"],
    [{ reader: { type: "user", id: "" } }, "reader"],
    [{ feed: "" }, "feed"],
    [{ feed: "x".repeat(151) }, "feed"],
    [{ position: -1 }, "position"],
    [{ position: 1.5 }, "position"],
    [{ position: Number.NaN }, "position"],
  ])("%j is refused", async (wrong, field) => {
    const moving = tidings.marks.read({ ...noMark(), position: 1, ...wrong });
    await expect(moving).rejects.toMatchObject({ code: "INVALID_MARK", path: [field] });
  });

  test.each([[[]], [Array.from({ length: 201 }, () => "x")]])(
    "too few or too many ids are refused",
    async (ids) => {
      await expect(tidings.marks.readItems({ ...noMark(), ids })).rejects.toMatchObject({
        code: "INVALID_MARK",
      });
    },
  );
});
