import { expect, test } from "vitest";
import { backfillStart, newHistory } from "./historyDraft.ts";

const now = Date.UTC(2026, 10, 21, 12);

test("history begins where it was asked to, in the terms of the API", () => {
  expect(backfillStart({ ...newHistory, from: "start" }, now)).toBe("start");
  expect(backfillStart({ ...newHistory, from: "day" }, now)).toEqual({ time: "2026-11-20T12:00:00.000Z" });
  expect(backfillStart({ ...newHistory, from: "week" }, now)).toEqual({ time: "2026-11-14T12:00:00.000Z" });
  expect(backfillStart({ ...newHistory, from: "position", position: " 42 " }, now)).toEqual({ position: 42 });
  expect(backfillStart({ ...newHistory, from: "time", time: "2026-11-01T08:00Z" }, now)).toEqual({
    time: "2026-11-01T08:00:00.000Z",
  });
});

test("what is not filled in yet is no beginning", () => {
  expect(backfillStart({ ...newHistory, from: "time" }, now)).toBeNull();
  expect(backfillStart({ ...newHistory, from: "position", position: "-1" }, now)).toBeNull();
});
