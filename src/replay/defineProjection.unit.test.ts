import { describe, expect, test } from "vitest";
import { cardAdded, cardMoved, events } from "../../test/support/boardEvents.ts";
import { movesOfCards } from "../../test/support/boardProjections.ts";
import { downDatabase } from "../../test/support/watchStatements.ts";
import { createTidings } from "../tidings.ts";
import { defineProjection, type ProjectionOptions } from "./defineProjection.ts";

const good = {
  events: [cardMoved],
  tables: { cards: "(id text)" },
  run: () => undefined,
} satisfies ProjectionOptions<(typeof cardMoved)[], "cards">;

describe("defineProjection refuses", () => {
  test.each<[string, object, RegExp]>([
    ["a version that is no number of one", { version: 0 }, /version 0 must be/],
    ["a batch that is too large", { batch: 10_001 }, /batch 10001 must be/],
    ["no events", { events: [] }, /events must be a list/],
    ["an event that is not there yet", { events: [undefined] }, /import each other/],
    ["no tables", { tables: {} }, /tables is empty/],
    ["a table whose name SQL would fold", { tables: { Cards: "(id text)" } }, /table "Cards" must be/],
    ["a table without columns", { tables: { cards: "id text" } }, /table cards must be its columns/],
    ["both kinds of handlers", { on: { "card.moved": () => undefined } }, /either on or run/],
    ["none", { run: undefined }, /either on or run/],
    [
      "a type without a handler",
      { run: undefined, events: [cardMoved, cardAdded], on: { "card.moved": () => undefined } },
      /no handler for card\.added/,
    ],
    [
      "a handler without its type",
      { run: undefined, on: { "card.moved": () => undefined, "card.added": () => undefined } },
      /on handles card\.added/,
    ],
  ])("%s", (_, options, detail) => {
    expect(() => defineProjection("cards", { ...good, ...options } as typeof good)).toThrow(
      expect.objectContaining({ code: "INVALID_DEFINITION", detail: expect.stringMatching(detail) }),
    );
  });

  test("a name that is no lower-case word", () => {
    expect(() => defineProjection("Cards", good)).toThrow(/projection "Cards": the name must be/);
  });
});

describe("createTidings refuses", () => {
  const create = (...projections: ReturnType<typeof defineProjection>[]) =>
    createTidings({ db: downDatabase().db, events, projections });

  test("two projections of one name, and two with one table", () => {
    expect(() => create(movesOfCards(), movesOfCards())).toThrow(/projection "moves" is defined twice/);
    expect(() => create(defineProjection("a", good), defineProjection("b", good))).toThrow(
      /table "cards" is defined twice/,
    );
  });

  test("a projection of events that it was not given", () => {
    const other = defineProjection("other", { ...good, events: [{ ...cardMoved }] as never });
    expect(() => create(other)).toThrow();
  });

  test("nothing of a module that also exports other things", () => {
    const definitions = { moves: movesOfCards(), LIMIT: 3, helper: () => undefined };
    const tidings = createTidings({ db: downDatabase().db, events, projections: definitions });
    expect(tidings.projections.registered()).toEqual([{ name: "moves", version: 1 }]);
  });
});
