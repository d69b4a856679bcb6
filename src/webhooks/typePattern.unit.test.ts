import { expect, test } from "vitest";
import { isTypePattern, matchesType } from "./typePattern.ts";

test("case 26: a star stands for all types, all verbs of a subject, or all subjects of a verb", () => {
  expect(matchesType(["*"], "card.moved")).toBe(true);
  expect(matchesType(["card.*"], "card.moved")).toBe(true);
  expect(matchesType(["card.*"], "cardboard.cut")).toBe(false);
  expect(matchesType(["card.*"], "card.label.added")).toBe(true);
  expect(matchesType(["*.created"], "card.created")).toBe(true);
  expect(matchesType(["*.created"], "card.recreated")).toBe(false);
  expect(matchesType(["*.label.added"], "card.label.added")).toBe(true);
});

test("without a star a pattern is one type; one of several is enough", () => {
  expect(matchesType(["card.moved"], "card.moved")).toBe(true);
  expect(matchesType(["card.move"], "card.moved")).toBe(false);
  expect(matchesType(["user.*", "card.moved"], "card.moved")).toBe(true);
  expect(matchesType([], "card.moved")).toBe(false);
});

test("patterns are written like types, older names among them", () => {
  for (const pattern of [
    "*",
    "card.*",
    "card.label.*",
    "*.created",
    "*.label.added",
    "card.moved",
    "card_moved",
  ])
    expect(isTypePattern(pattern), pattern).toBe(true);
  for (const text of [
    "",
    ".",
    "**",
    "*.*",
    "*card",
    "card*",
    "card.*.added",
    "Card.moved",
    "card..moved",
    ".card",
    "card.",
    "a b",
    "card.*\n",
    `a${".b".repeat(51)}`,
  ])
    expect(isTypePattern(text), text).toBe(false);
});
