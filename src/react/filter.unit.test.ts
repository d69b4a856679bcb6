import { expect, test } from "vitest";
import { filterQuery, liveQuery, mayMatch } from "./filter.ts";
import type { LiveItem } from "./wire.ts";

test("equal filters have equal texts, in whatever order they are written", () => {
  expect(filterQuery({ types: ["b", "a"], of: ["card:1"] })).toBe(
    filterQuery({ of: ["card:1"], types: ["a", "b"] }),
  );
  expect(filterQuery({ types: ["a"], until: undefined })).toBe("types=a");
  expect(filterQuery()).toBe("");
});

test("a list is repeated, because ids may hold commas; a stream has no dates", () => {
  const filter = { actors: ["user:a,b", "user:c"], since: "2026-01-01" };
  expect(filterQuery(filter)).toBe("actors=user%3Aa%2Cb&actors=user%3Ac&since=2026-01-01");
  expect(liveQuery(filter)).toBe("actors=user%3Aa%2Cb&actors=user%3Ac");
});

test("what the event itself decides is decided here, the rest is left to the server", () => {
  const item = {
    lane: "domain",
    severity: "info",
    type: "card.moved",
    actor: { type: "user", id: "ann" },
    subject: { type: "card", id: "1" },
  } as LiveItem;
  expect(mayMatch({ actors: ["user:ann"], subjectTypes: ["card"] }, item)).toBe(true);
  expect(mayMatch({ actors: ["user:ben"] }, item)).toBe(false);
  expect(mayMatch({ lanes: ["system"] }, item)).toBe(false);
  expect(mayMatch({ types: ["card_moved"], of: ["board:1"] }, item)).toBe(true);
});
