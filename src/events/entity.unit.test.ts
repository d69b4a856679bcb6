import { describe, expect, test } from "vitest";
import { defineEntity } from "./entity.ts";

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
