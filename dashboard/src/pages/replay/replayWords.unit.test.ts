import { expect, test } from "vitest";
import { keyWords, untilWords, verdictOf, whatWords } from "./replayWords.ts";

const rows = { same: 3, missing: 0, extra: 0, different: 0 };

test("a comparison is judged by the rows that differ, and first by what it could not replay", () => {
  expect(verdictOf("compare", { notReplayed: 0, rows })).toEqual({
    tone: "good",
    word: "Equals the present",
  });
  expect(verdictOf("compare", { notReplayed: 0, rows: { ...rows, missing: 1, different: 1 } })).toEqual({
    tone: "warn",
    word: "2 rows differ",
  });
  expect(verdictOf("compare", { notReplayed: 40, rows }).word).toBe("40 events not replayed");
  expect(verdictOf("dry_run", { notReplayed: 1, rows: null }).tone).toBe("warn");
});

test("what was replayed is said in a few words", () => {
  expect(whatWords({ types: null, subject: null })).toBe("all actions");
  expect(whatWords({ types: ["user.create"], subject: "user:1" })).toBe("user.create on user:1");
  expect(untilWords(null)).toBe("up to now");
  expect(untilWords({ position: 12 })).toBe("up to position 12");
  expect(keyWords({ board: "launch", card: "14" })).toBe("board launch · card 14");
});
