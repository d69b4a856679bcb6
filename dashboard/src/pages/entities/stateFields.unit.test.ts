import { expect, test } from "vitest";
import { stateFields } from "./stateFields.ts";

const changes = (state: unknown, before: unknown) =>
  stateFields(state, before).map(({ path, change, was }) => [path, change, was]);

test("what an event changed is told from what stayed, field by field, also within", () => {
  expect(
    changes(
      { title: "A", column: { id: "done" }, due: "x" },
      { title: "A", column: { id: "todo" }, left: 1 },
    ),
  ).toEqual([
    ["title", "none", "A"],
    ["column.id", "changed", "todo"],
    ["due", "added", null],
    ["left", "removed", "1"],
  ]);
});

test("before the first event there was nothing, and nothing is called new", () => {
  expect(changes({ title: "A" }, null)).toEqual([["title", "none", null]]);
  expect(changes(3, 2)).toEqual([["state", "changed", "2"]]);
  expect(changes(null, null)).toEqual([]);
});
