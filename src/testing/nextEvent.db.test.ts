import { AssertionError } from "node:assert";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  aMove,
  ann,
  board,
  card,
  cardAdded,
  cardMoved,
  events,
  page,
  pageViewed,
} from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import type { Draft } from "../events/draft.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { nextEvent } from "./nextEvent.ts";

describeOnDatabases("nextEvent", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let account = "";
  let count = 0;
  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events });
  }, 120_000);
  afterAll(async () => {
    await tidings.stop();
    await database.drop();
  });
  beforeEach(() => {
    account = `account-${++count}`;
  });

  const withinMs = 20_000;
  const record = (...drafts: Draft[]) =>
    tidings.run({ account, actor: ann }, () => tidings.record(...drafts));
  const aCard = () => cardAdded({ subject: card(1), refs: { board: board(1) } });

  test("the next event of a definition comes with its position, without start", async () => {
    const next = nextEvent(tidings, cardMoved, { account, withinMs });
    const [, moved] = await record(aCard(), aMove(1), aMove(2));
    const event = await next;
    expect(event).toMatchObject({ ...moved, type: "card.moved", position: expect.any(Number) as number });
    expect(event.data.position).toBe(1);
  });

  test("what was recorded before the call is not the next one", async (context) => {
    if (database.db.concurrent)
      context.skip("what follows in the same breath may overtake the call: work() first");
    await record(aMove(1));
    const next = nextEvent(tidings, cardMoved, { account, withinMs });
    await record(aMove(2));
    expect((await next).subject.id).toBe("2");
  });

  test("after work() what was recorded before the call is not the next one, on any database", async () => {
    await record(aMove(1));
    await tidings.work();
    const next = nextEvent(tidings, cardMoved, { account, withinMs });
    await record(aMove(2));
    expect((await next).subject.id).toBe("2");
  });

  test("it works while the loops run, and finds what another lane holds", async () => {
    await tidings.start();
    const next = nextEvent(tidings, pageViewed, { account, withinMs });
    await record(pageViewed({ subject: page("home") }));
    expect((await next).lane).toBe("client");
    await tidings.stop();
  });

  test("a filter and options narrow it down", async () => {
    const byFilter = nextEvent(tidings, { account, subjects: [card(2)] }, { withinMs });
    const byOption = nextEvent(tidings, cardMoved, { account, of: "card:3", withinMs });
    await record(aMove(1), aMove(2), aMove(3));
    expect((await byFilter).subject.id).toBe("2");
    expect((await byOption).subject.id).toBe("3");
  });

  test("after a position it gives what is there already", async () => {
    const first = nextEvent(tidings, cardMoved, { account, withinMs });
    await record(aMove(1), aMove(2));
    const { position } = await first;
    const second = await nextEvent(tidings, cardMoved, { account, after: position, withinMs });
    expect(second.subject.id).toBe("2");
  });

  test("it gives up with what was recorded instead", async () => {
    await record(aCard());
    const failure = nextEvent(tidings, cardMoved, { account, withinMs: 1 });
    await expect(failure).rejects.toThrow(AssertionError);
    await expect(failure).rejects.toThrow(
      `No card.moved got a position within 1 ms in account "${account}". Its newest events: card.added of card:1.`,
    );
  });

  test("another account's event is not the next one", async () => {
    await record({ ...aMove(1), account: "another" });
    const failure = nextEvent(tidings, { account, types: ["card.*"] }, { withinMs: 1 });
    await expect(failure).rejects.toThrow(/event that matches the filter.*The account has no events\./);
  });
});
