import { expect, test } from "vitest";
import { z } from "zod";
import {
  aMove,
  card,
  cardMoved,
  column,
  commentAdded,
  events,
  syncFailed,
} from "../../test/support/boardEvents.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { prepareEvent } from "../events/prepare.ts";
import { createRegistry } from "../events/registry.ts";
import { fixture } from "./fixture.ts";

const registry = createRegistry(events);
const check = (draft: ReturnType<typeof fixture>) =>
  prepareEvent(draft, {
    registry,
    context: { actor: { type: "user", id: "ann", label: "Ann" } },
    account: "acme",
  }).row;

test("a fixture of any definition can be recorded", () => {
  for (const definition of registry.types)
    expect(check(fixture(definition as never)).type).toBe(definition.type);
});

test("a fixture fills every role with an entity of its own", () => {
  expect(fixture(cardMoved)).toMatchObject({
    subject: { type: "card", id: "1", label: "Card 1" },
    refs: {
      from: { type: "column", id: "1", label: "Column 1" },
      to: { type: "column", id: "2", label: "Column 2" },
      board: { type: "board", id: "1", label: "Board 1" },
    },
  });
  expect(fixture(commentAdded).refs).toEqual({
    mentioned: [
      { type: "user", id: "1", label: "User 1" },
      { type: "user", id: "2", label: "User 2" },
    ],
  });
});

test("a fixture is the same at every call", () => {
  expect(fixture(commentAdded)).toEqual(fixture(commentAdded));
});

test("overrides replace samples key by key", () => {
  const draft = fixture(cardMoved, {
    subject: card(7),
    refs: { to: column("done") },
    data: { position: 3 },
    idempotencyKey: "once",
  });
  expect(draft).toMatchObject({ subject: { id: "7" }, data: { position: 3 }, idempotencyKey: "once" });
  expect(draft.refs).toMatchObject({ from: { id: "1" }, to: { id: "done" } });
});

test("the definition's example comes before samples", () => {
  const dueSet = defineEvent("card.due_set", {
    subject: card,
    data: z.object({ on: z.iso.date() }),
    example: { on: "2027-01-31" },
  });
  expect(fixture(dueSet).data).toEqual({ on: "2027-01-31" });
});

test("the sample is what the schema takes, not what it makes of it", () => {
  const measured = defineEvent("card.measured", {
    subject: card,
    data: z.object({ size: z.string().transform((text) => text.length) }),
  });
  expect(typeof (fixture(measured).data as { size: unknown }).size).toBe("string");
});

test("data that cannot be sampled is refused with what to do", () => {
  const odd = defineEvent("card.numbered", {
    subject: card,
    data: z.object({ number: z.string().refine((text) => text === "K-1", "is no number") }),
  });
  expect(() => fixture(odd)).toThrow(/card\.numbered.*data\.number: is no number.*example/);
  expect(fixture(odd, { data: { number: "K-1" } }).data).toEqual({ number: "K-1" });
});

test("a fixture says nothing of who and when: that comes from the context", () => {
  expect(fixture(syncFailed)).not.toHaveProperty("actor");
  expect(Object.keys(fixture(cardMoved)).sort()).toEqual(Object.keys(aMove()).sort());
});
