import { AssertionError } from "node:assert";
import { expect, test } from "vitest";
import {
  aMove,
  ann,
  card,
  cardAdded,
  board,
  cardMoved,
  events,
  page,
  pageViewed,
} from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { createTidings } from "../tidings.ts";
import { nextEvent } from "./nextEvent.ts";

describeOnDatabases("nextEvent", (open) => {
  async function withTidings(work: (tidings: ReturnType<typeof setUp>) => Promise<void>) {
    const database = await open();
    const tidings = setUp(database.db);
    try {
      await work(tidings);
    } finally {
      await tidings.stop();
      await database.drop();
    }
  }
  const setUp = (db: Parameters<typeof createTidings>[0]["db"]) =>
    createTidings({ db, events, account: "acme" });
  const move = (id: number) => ({ ...aMove(id), actor: ann });

  test("the next event of a definition comes with its position, without start", () =>
    withTidings(async (tidings) => {
      await tidings.work();
      const next = nextEvent(tidings, cardMoved);
      await tidings.record(
        cardAdded({ subject: card(1), refs: { board: board(1) }, actor: ann }),
        move(1),
        move(2),
      );
      const event = await next;
      expect(event).toMatchObject({ type: "card.moved", subject: { id: "1" }, position: 2 });
      expect(event.data.position).toBe(1);
    }));

  test("it works while the loops run, and finds what another lane holds", () =>
    withTidings(async (tidings) => {
      await tidings.start();
      const next = nextEvent(tidings, pageViewed);
      await tidings.record(pageViewed({ subject: page("home"), actor: ann }));
      expect((await next).lane).toBe("client");
    }));

  test("a filter and options narrow it down", () =>
    withTidings(async (tidings) => {
      const byFilter = nextEvent(tidings, { subjects: [card(2)] });
      const byOption = nextEvent(tidings, cardMoved, { of: "card:3" });
      await tidings.record(move(1), move(2), move(3));
      expect((await byFilter).subject.id).toBe("2");
      expect((await byOption).subject.id).toBe("3");
    }));

  test("after a position it gives what is there already", () =>
    withTidings(async (tidings) => {
      await tidings.record(move(1), move(2));
      await tidings.work();
      expect((await nextEvent(tidings, cardMoved, { after: 1 })).subject.id).toBe("2");
    }));

  test("it gives up with what was recorded instead", () =>
    withTidings(async (tidings) => {
      await tidings.record(cardAdded({ subject: card(1), refs: { board: board(1) }, actor: ann }));
      const failure = nextEvent(tidings, cardMoved, { withinMs: 1 });
      await expect(failure).rejects.toThrow(AssertionError);
      await expect(failure).rejects.toThrow(
        'No card.moved got a position within 1 ms in account "acme". Its newest events: card.added of card:1.',
      );
    }));

  test("another account's event is not the next one", () =>
    withTidings(async (tidings) => {
      await tidings.record({ ...move(1), account: "another" });
      await expect(nextEvent(tidings, cardMoved, { withinMs: 1 })).rejects.toThrow(
        "The account has no events.",
      );
    }));
});
