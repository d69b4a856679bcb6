import { describe, expect, test } from "vitest";
import { defineEvent } from "./defineEvent.ts";
import { defineEntity, entityKey, many, oneOf, optional, parseEntityKey } from "./entity.ts";

const card = defineEntity("card");

describe("the id of an entity", () => {
  test("is a text or a number, kept as text", () => {
    expect(card("a:b", "Fix")).toEqual({ type: "card", id: "a:b", label: "Fix" });
    expect([card(0), card(-7), card(1.5)].map(({ id }) => id)).toEqual(["0", "-7", "1.5"]);
  });

  // What a row that is `any` gives where a column is missing, was not selected or is not a number.
  test.each([
    [undefined, "undefined"],
    [null, "null"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [true, "boolean"],
    [{}, "object"],
    [[7], "object"],
    [Symbol("7"), "symbol"],
    [7n, "bigint"],
  ])("is refused when it is %s", (id, given) => {
    expect(() => card(id as never)).toThrow(
      expect.objectContaining({
        code: "INVALID_ENTITY",
        detail: `card.id is ${given}; it must be a text or a finite number`,
        path: ["card", "id"],
      }),
    );
  });

  test("is not empty", () => {
    expect(() => card("")).toThrow(expect.objectContaining({ code: "INVALID_ENTITY", path: ["card", "id"] }));
  });
});

test("a key is divided at its first colon, and what is none gives null", () => {
  for (const id of ["7", "a:b", "1\n2", ""])
    expect(parseEntityKey(entityKey({ type: "api_key", id }))).toEqual({ type: "api_key", id });
  for (const none of ["", "card", ":7", "Card:7", "7:card", `${"c".repeat(64)}:7`])
    expect(parseEntityKey(none), none).toBe(null);
});

test("a role of several kinds may be left out, and hold a list", () => {
  const [board, user] = [defineEntity("board"), defineEntity("user")];
  const linked = defineEvent("card.linked", {
    subject: card,
    refs: {
      to: optional(oneOf(card, board)),
      seen: many(oneOf(card, board), user),
      by: optional(user, board),
    },
  });
  expect(linked.refs).toEqual({
    to: { holds: "optional", entities: [card, board] },
    seen: { holds: "many", entities: [card, board, user] },
    by: { holds: "optional", entities: [user, board] },
  });
});
