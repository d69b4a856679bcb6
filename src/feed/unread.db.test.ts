import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  aMove,
  ann,
  ben,
  board,
  card,
  cardAdded,
  commentAdded,
  events,
  page,
  pageViewed,
} from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertPastEvents } from "../../test/support/pastEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements } from "../../test/support/watchStatements.ts";
import type { Draft } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import type { EventFilter } from "../events/filter.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import { createTidings, type Tidings } from "../tidings.ts";

/** As the sequencer did when they were recorded: a tick looks at the latest day only. */
const GIVE_POSITIONS = `
with given as (
  insert into tidings.event_order (pos, account_id, lane, event_id)
  select last_position + row_number() over (order by id), account_id, lane, id
    from tidings.sequencer, tidings.events where account_id = $1
  returning pos)
update tidings.sequencer set last_position = (select max(pos) from given)`;

const CAT = { type: "user", id: "cat", label: null };

describeOnDatabases("what is unread", (open, { name, needsSeveralConnections }) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let log: readonly PositionedEvent[];

  /** 600 events of acme: moves by Ann and Ben, seldom a comment for admins, and one card added in a hundred. */
  const drafted = (turn: number): Draft => {
    const common = { account: "acme", actor: turn % 3 === 0 ? ann : ben };
    if (turn % 100 === 5)
      return { ...cardAdded({ subject: card(turn), refs: { board: board("1") } }), ...common };
    if (turn % 20 === 7) {
      const comment = commentAdded({
        subject: card(turn % 9),
        refs: { mentioned: [] },
        data: { text: "hi" },
      });
      return { ...comment, ...common, audience: ["admins"] };
    }
    if (turn % 10 === 9) return { ...pageViewed({ subject: page("1") }), ...common };
    return { ...aMove(turn % 9), ...common };
  };

  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events });
    const drafts = Array.from({ length: 600 }, (_, turn) => drafted(turn));
    for (let from = 0; from < drafts.length; from += 150) {
      await tidings.record(...drafts.slice(from, from + 150));
      await tidings.record({ ...aMove(1), account: "other", actor: ben });
    }
    await tidings.work();
    log = (await tidings.events.read({ account: "acme", lanes: ["domain", "client"], limit: 1_000 })).events;
  }, 60_000);
  afterAll(() => database.drop());

  let feeds = 0;
  /** Of somebody who was there before the first event. */
  const aMark = async (given: { account?: string; reader?: EntityRef } = {}) => {
    const mark = { account: "acme", reader: ann as EntityRef, feed: `feed-${feeds++}`, ...given };
    await tidings.marks.read({ ...mark, position: 0 });
    return mark;
  };

  const filters: readonly EventFilter[] = [
    {},
    { types: ["card.added"] },
    { types: ["comment.*"] },
    { of: card(3) },
    { of: [card(3), board("1")], types: ["card.*"] },
    { actors: [ann] },
    { lanes: ["client"] },
    { lanes: ["domain", "client"], subjectTypes: ["page"] },
    { severities: ["error"] },
    { until: new Date(0) },
    { viewer: ann },
    { viewer: { ...ann, audiences: ["admins"] }, types: ["comment.added"] },
  ];

  test("is what matches, was not read and is another's, up to 100", async () => {
    const inputs = fc.record({
      filter: fc.constantFrom(...filters),
      reader: fc.constantFrom(ann, ben, CAT),
      seen: fc.nat({ max: log.length }),
      read: fc.nat({ max: log.length }),
      opened: fc.uniqueArray(fc.nat({ max: log.length - 1 }), { maxLength: 4 }),
    });
    const at = (index: number) => log[index - 1]?.position ?? 0;
    let between = 0;
    await fc.assert(
      fc.asyncProperty(inputs, async ({ filter, reader, seen, read, opened }) => {
        const mark = await aMark({ reader });
        await tidings.marks.seen({ ...mark, position: at(seen) });
        await tidings.marks.read({ ...mark, position: at(read) });
        if (opened.length > 0)
          await tidings.marks.readItems({ ...mark, ids: opened.map((index) => log[index]!.id) });
        const meant = log.filter(
          (event, index) =>
            index >= read &&
            !opened.includes(index) &&
            event.actor.id !== reader.id &&
            matches(event, filter),
        );
        const unseen = meant.filter(({ position }) => position > at(Math.max(seen, read)));
        if (meant.length > 0 && meant.length < 100) between++;
        expect(await tidings.unread({ ...filter, ...mark })).toEqual({
          begun: true,
          unread: Math.min(100, meant.length),
          unseen: Math.min(100, unseen.length),
          capped: meant.length >= 100,
        });
      }),
      { numRuns: name === "pglite" ? 40 : 120, interruptAfterTimeLimit: 20_000 },
    );
    expect(between, "counts that are neither nothing nor the cap").toBeGreaterThan(5);
  });

  test("of somebody who was there from the start and never came is everything, up to 100", async () => {
    expect(await tidings.unread(await aMark())).toMatchObject({ unread: 100, unseen: 100, capped: true });
  });

  test("of a rare type far behind is exact", async () => {
    expect(await tidings.unread({ ...(await aMark({ reader: CAT })), types: ["card.added"] })).toEqual({
      begun: true,
      unread: 6,
      unseen: 6,
      capped: false,
    });
  });

  test("is what was shown but not read, when only the seen mark moved", async () => {
    const mark = await aMark({ reader: CAT });
    await tidings.marks.seen({ ...mark, position: log.at(-11)!.position });
    const count = await tidings.unread({ ...mark, lanes: ["domain", "client"] });
    expect(count).toEqual({ begun: true, unread: 100, unseen: 10, capped: true });
  });

  test("is counted for one account: another one's events and marks are nothing to it", async () => {
    const mark = await aMark({ account: "other", reader: CAT });
    expect(await tidings.unread(mark)).toEqual({ begun: true, unread: 4, unseen: 4, capped: false });
    const nowhere = await aMark({ account: "nowhere", reader: CAT });
    expect(await tidings.unread(nowhere)).toMatchObject({ begun: true, unread: 0, capped: false });
    await tidings.marks.read({ ...mark, position: log.at(-1)!.position });
    expect(await tidings.unread({ ...mark, account: "acme" })).toMatchObject({ begun: false });
  });

  test("of somebody who did nearly everything is not looked for without end, and says so", async () => {
    const mine = Array.from({ length: 1_000 }, (_, turn) => ({
      ...aMove(turn),
      account: "mine",
      actor: ann,
    }));
    await tidings.record({ ...aMove(1), account: "mine", actor: ben });
    for (let round = 0; round < 3; round++) await tidings.record(...mine);
    await tidings.work();
    const mark = await aMark({ account: "mine" });
    const ofAnn = await tidings.unread(mark);
    expect(ofAnn).toEqual({ begun: true, unread: 0, unseen: 0, capped: true });
    expect(await tidings.unread({ ...mark, of: card(1), types: ["card.added"] })).toEqual({
      begun: true,
      unread: 0,
      unseen: 0,
      capped: false,
    });
  }, 60_000);

  test("includes what was written before the mark and committed after it", async (context) => {
    needsSeveralConnections(context);
    const mark = { account: "late", reader: ann };
    let commit = () => {};
    const held = new Promise<void>((resolve) => (commit = resolve));
    let written = () => {};
    const isWritten = new Promise<void>((resolve) => (written = resolve));
    const late = database.ownTransaction(async (tx) => {
      await tidings.record(tx, { ...aMove(1), account: "late", actor: ben });
      written();
      await held;
    });
    await isWritten;
    for (let round = 0; round < 2; round++) {
      const others = Array.from({ length: 150 }, () => ({ ...aMove(2), account: "late", actor: ann }));
      await tidings.record(...others);
    }
    await tidings.work();
    const { position } = await tidings.feed({ account: "late" });
    await tidings.marks.read({ ...mark, position });
    commit();
    await late;
    await tidings.work();
    expect(await tidings.unread(mark), "near").toEqual({ begun: true, unread: 1, unseen: 1, capped: false });
    for (let round = 0; round < 2; round++) {
      const others = Array.from({ length: 150 }, () => ({ ...aMove(2), account: "late", actor: ann }));
      await tidings.record(...others);
    }
    await tidings.work();
    expect(await tidings.unread(mark), "far").toEqual({ begun: true, unread: 1, unseen: 1, capped: false });
  });

  test("of months, is counted without asking for the position of each event", async () => {
    const MINUTE = 60_000;
    const account = "years";
    const begin = Date.now() - 600 * 20 * MINUTE;
    const past = Array.from({ length: 600 }, (_, turn) => ({
      at: new Date(begin + turn * 20 * MINUTE),
      actor: turn % 3 === 0 ? "ann" : "ben",
    }));
    await insertPastEvents(database.db, past, { account });
    await database.db.query(GIVE_POSITIONS, [account]);
    const { events: written } = await tidings.events.read({ account, limit: 1_000 });
    const positions = written.map(({ position }) => position);
    const watched = watchStatements(database.db);
    const watching = createTidings({ db: watched.db, events });

    const inputs = fc.record({
      of: fc.constantFrom(undefined, card(1), ann),
      read: fc.nat({ max: 599 }),
      seen: fc.nat({ max: 599 }),
      opened: fc.uniqueArray(fc.nat({ max: 599 }), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ of, read, seen, opened }) => {
        const mark = await aMark({ account });
        await tidings.marks.seen({ ...mark, position: positions[seen]! });
        await tidings.marks.read({ ...mark, position: positions[read]! });
        if (opened.length > 0)
          await tidings.marks.readItems({ ...mark, ids: opened.map((index) => written[index]!.id) });
        const isUnread = (index: number) => index > read && !opened.includes(index) && index % 3 !== 0;
        const unread = of === ann ? [] : past.flatMap((_, index) => (isUnread(index) ? [index] : []));
        const unseen = unread.filter((index) => index > Math.max(seen, read));
        expect(await watching.unread({ ...mark, ...(of && { of }) })).toEqual({
          begun: true,
          unread: Math.min(100, unread.length),
          unseen: Math.min(100, unseen.length),
          capped: unread.length >= 100,
        });
      }),
      { numRuns: name === "pglite" ? 15 : 60, interruptAfterTimeLimit: 20_000 },
    );

    watched.statements.length = 0;
    await watching.unread(await aMark({ account, reader: CAT }));
    expect(watched.statements.filter((sql) => sql.includes("event_id = any"))).toEqual([]);
  });

  test("needs a filter that can match and a reader", async () => {
    await expect(tidings.unread({ ...(await aMark()), lanes: ["none"] as never })).rejects.toMatchObject({
      code: "INVALID_FILTER",
    });
    await expect(tidings.unread({ ...(await aMark()), reader: "x" })).rejects.toMatchObject({
      code: "INVALID_MARK",
    });
  });
});

/** What the filters above mean, in words of their own. */
function matches(event: PositionedEvent, filter: EventFilter): boolean {
  const about = [event.subject, event.actor, ...Object.values(event.refs).flat()] as {
    type: string;
    id: string;
  }[];
  const wanted = filter.of === undefined ? undefined : ([filter.of].flat() as { type: string; id: string }[]);
  return (
    ((filter.lanes as string[] | undefined) ?? ["domain"]).includes(event.lane) &&
    (!filter.types || filter.types.some((type) => isType(event.type, type as string))) &&
    (!wanted || wanted.some(({ type, id }) => about.some((ref) => ref?.type === type && ref.id === id))) &&
    (!filter.actors || event.actor.id === "ann") &&
    (!filter.subjectTypes || event.subject.type === "page") &&
    !filter.severities &&
    !filter.until &&
    (!filter.viewer || event.audience === null || filter.viewer.audiences?.includes("admins") === true)
  );
}

function isType(type: string, pattern: string): boolean {
  return pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
