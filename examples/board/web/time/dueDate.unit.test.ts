import { expect, test } from "vitest";
import { describeDue } from "./dueDate.ts";

const now = new Date(2026, 10, 20, 15, 30).getTime();

test("a due date says how near it is", () => {
  expect(describeDue("2026-11-20", now)).toEqual({ text: "Today", state: "soon" });
  expect(describeDue("2026-11-21", now)).toEqual({ text: "Tomorrow", state: "later" });
  expect(describeDue("2026-11-19", now)).toEqual({ text: "1 day late", state: "late" });
  expect(describeDue("2026-11-10", now)).toEqual({ text: "10 days late", state: "late" });
  expect(describeDue("2026-12-24", now).text).toMatch(/24/);
});
