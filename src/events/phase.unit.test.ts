import { expect, test } from "vitest";
import { defineEvent } from "./defineEvent.ts";
import { defineEntity } from "./entity.ts";

const card = defineEntity("card");

test.each([
  ["card.added", "added"],
  ["card.was_created", "added"],
  ["comment.reply.posted", "added"],
  ["card.closed", "done"],
  ["card.archived", "done"],
  ["card.moved", "updated"],
  ["card.reopened", "updated"],
])("%s is %s by its verb", (type, phase) => {
  expect(defineEvent(type, { subject: card }).phase).toBe(phase);
});

test("a definition says otherwise, and not just anything", () => {
  expect(defineEvent("card.moved", { subject: card, phase: "done" }).phase).toBe("done");
  expect(() => defineEvent("card.moved", { subject: card, phase: "over" as "done" })).toThrowError(
    expect.objectContaining({ code: "INVALID_DEFINITION" }),
  );
});
