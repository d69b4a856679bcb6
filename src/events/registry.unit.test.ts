import { describe, expect, test } from "vitest";
import { z } from "zod";
import { events, cardMoved } from "../../test/support/boardEvents.ts";
import { downDatabase } from "../../test/support/watchStatements.ts";
import { createTidings } from "../tidings.ts";
import { defineEvent } from "./defineEvent.ts";
import { defineEntity, many, optional } from "./entity.ts";
import { createRegistry } from "./registry.ts";
import { from } from "./upcast.ts";

const card = defineEntity("card");
const start = (definitions: object) => () => createTidings({ db: downDatabase().db, events: definitions });
const define = (type: string, options: object = {}) =>
  defineEvent(type, { subject: card, ...options } as { subject: typeof card });
const error = (code: string, name: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(name) as string });

describe("misconfiguration fails at start, with the name in it", () => {
  test("two definitions of one type", () => {
    expect(start([define("card.moved"), define("card.moved")])).toThrow(
      error("DUPLICATE_TYPE", /"card\.moved"/),
    );
  });
  test("an alias that is a type", () => {
    expect(start([define("card.moved", { aliases: ["card.shifted"] }), define("card.shifted")])).toThrow(
      error("ALIAS_TAKEN", /"card\.shifted", an alias of card\.moved/),
    );
  });
  test("an alias of two types", () => {
    expect(start([define("card.a", { aliases: ["old"] }), define("card.b", { aliases: ["old"] })])).toThrow(
      error("ALIAS_TAKEN", /"old".*card\.b.*card\.a/),
    );
  });
  test("two entities of one name", () => {
    const other = defineEvent("card.closed", { subject: defineEntity("card") });
    expect(start([define("card.moved"), other])).toThrow(
      error("INVALID_DEFINITION", /"card" is defined twice/),
    );
  });
  test("a state that is made of events which there are not, or which are about something else", () => {
    const withState = (...types: string[]) => {
      const on = Object.fromEntries(types.map((type) => [type, (state: number) => state + 1]));
      const page = defineEntity("page", { state: { initial: 0, on } });
      const opened = defineEvent("page.opened", { subject: page, aliases: ["page_opened"] });
      return start([opened, defineEvent("note.added", { subject: card, refs: { page } })]);
    };
    expect(withState("page.opened")).not.toThrow();
    expect(withState("page_opened")).not.toThrow();
    expect(withState("page.closed")).toThrow(
      error("INVALID_DEFINITION", /"page": state\.on\.page\.closed .* no definition has/),
    );
    expect(withState("page.*")).toThrow(error("INVALID_DEFINITION", /state\.on\.page\.\* .* not a pattern/));
    expect(withState("page.opened", "page_opened")).toThrow(
      error("INVALID_DEFINITION", /state\.on\.page_opened is a second step for page\.opened/),
    );
    expect(withState("note.added")).toThrow(
      error("INVALID_DEFINITION", /state\.on\.note\.added is about card, not page/),
    );
  });
  test("no definition at all", () => {
    expect(start({ helper: () => 1, card })).toThrow(error("INVALID_DEFINITION", /no event definition/));
  });
  test("an option that cannot work", () => {
    const options = { db: downDatabase().db, events };
    const wrong = [
      [{ keepIdempotencyKeysDays: 0 }, /keepIdempotencyKeysDays 0/],
      [{ keepIdempotencyKeysDays: Infinity }, /keepIdempotencyKeysDays Infinity .*at most 10,000/],
      [{ sequencer: { idleTickMs: Number.NaN } }, /sequencer\.idleTickMs NaN/],
      [{ track: { flushMs: -1 } }, /track\.flushMs -1/],
      [{ subscriptions: { leaseMs: 0 } }, /subscriptions\.leaseMs 0/],
    ] as const;
    for (const [each, words] of wrong) {
      expect(() => createTidings({ ...options, ...each })).toThrow(error("INVALID_OPTION", words));
    }
  });
});

describe("a definition that cannot work fails where it is made, with its name", () => {
  const step = from(z.object({}), () => ({}));
  test.each([
    [
      "a hole in its upcaster chain",
      { version: 4, upcast: { 1: step, 3: step } },
      "UPCASTER_MISSING",
      /card\.moved .* no upcaster for 2/,
    ],
    ["no upcaster at all", { version: 2 }, "UPCASTER_MISSING", /card\.moved has version 2/],
    [
      "an upcaster of its own version",
      { version: 1, upcast: { 1: step } },
      "INVALID_DEFINITION",
      /reads version 1/,
    ],
    ["a version that is no number", { version: 1.5 }, "INVALID_DEFINITION", /version 1\.5/],
    ["an unknown lane", { lane: "fast" }, "INVALID_DEFINITION", /lane "fast"/],
    ["an unknown severity", { severity: "fatal" }, "INVALID_DEFINITION", /severity "fatal"/],
    ["an empty alias", { aliases: [""] }, "INVALID_DEFINITION", /card.moved: aliases/],
    ["an option that there is not", { audence: () => [] }, "INVALID_DEFINITION", /audence is no option/],
    ["data that is no schema", { data: {} }, "INVALID_DEFINITION", /data {} must be a Standard Schema/],
    ["a subject that is undefined", { subject: undefined }, "INVALID_DEFINITION", /subject is undefined/],
    ["a role that is undefined", { refs: { to: undefined } }, "INVALID_DEFINITION", /refs\.to is undefined/],
    ["a role that is a text", { refs: { to: "card" } }, "INVALID_DEFINITION", /refs\.to must be an entity/],
    [
      "a list that may be left out",
      { refs: { to: optional(many(card) as never) } },
      "INVALID_DEFINITION",
      /refs\.to must be an entity/,
    ],
    [
      "a role of what is undefined",
      { refs: { to: optional(undefined as never) } },
      "INVALID_DEFINITION",
      /refs\.to must be an entity, .*import each other/,
    ],
    ["a role without entities", { refs: { to: many() } }, "INVALID_DEFINITION", /refs\.to takes no entity/],
  ])("%s", (_what, options, code, name) => {
    expect(() => define("card.moved", options)).toThrow(error(code, name));
    expect(() => define("card.moved", options)).toThrow(error(code, /card\.moved/));
  });

  test.each(["moved", "Card.moved", "card.", ".moved", "card moved", "card.mövt", `card.${"x".repeat(100)}`])(
    "the type %j",
    (type) => {
      expect(() => define(type)).toThrow(error("INVALID_DEFINITION", /subject\.verb/));
    },
  );

  test.each(["", "Card", "a:b", "1card", "a-b", "x".repeat(64)])("the entity %j", (name) => {
    expect(() => defineEntity(name)).toThrow(error("INVALID_DEFINITION", /Entity name/));
  });
});

describe("a registry", () => {
  test("takes modules, lists of them and single definitions, and passes over other exports", () => {
    const closed = define("card.closed");
    const types = (definitions: object) => createRegistry(definitions).types.map(({ type }) => type);
    expect(types({ closed, card, helper: () => 1, limit: 5, nothing: null })).toEqual(["card.closed"]);
    expect(types([{ closed }, [define("card.opened")], closed])).toEqual(["card.closed", "card.opened"]);
    expect(types(closed)).toEqual(["card.closed"]);
  });

  test("finds a type by its older names, and every name of a type or category", () => {
    const registry = createRegistry(events);
    expect(registry.find("card_moved")).toBe(cardMoved);
    expect(registry.find("card.flown")).toBeUndefined();
    expect(registry.expand("card.moved")).toEqual(["card.moved", "card_moved"]);
    expect(registry.expand("card_moved")).toEqual(["card.moved", "card_moved"]);
    expect(registry.expand("card.*")).toEqual(["card.added", "card.moved", "card_moved"]);
    expect(registry.expand("*")).toBeNull();
    expect(registry.expand("card.flown")).toEqual(["card.flown"]);
  });

  test("knows the entities of subjects and roles", () => {
    expect([...createRegistry(cardMoved).entities.keys()].sort()).toEqual(["board", "card", "column"]);
  });
});
