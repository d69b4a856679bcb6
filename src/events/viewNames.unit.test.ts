import { expect, test } from "vitest";
import { viewNames } from "./viewNames.ts";

test("a view has a name of its own for each type, also for long and similar ones", () => {
  const long = `card.${"very_".repeat(18)}long`;
  const names = viewNames(["a.b_c", "a_b.c", "card.moved", long]);
  expect(names.get("card.moved")).toBe("card_moved");
  expect(new Set(names.values()).size).toBe(4);
  for (const name of names.values()) expect(name.length).toBeLessThanOrEqual(63);
});
