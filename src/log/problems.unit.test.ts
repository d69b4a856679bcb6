import { expect, test } from "vitest";
import { z } from "zod";
import { ann, card } from "../../test/support/boardEvents.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { positionedEvent } from "../events/recordedEvent.ts";
import { createRegistry } from "../events/registry.ts";
import { from } from "../events/upcast.ts";
import { errorText, unreadableError } from "./problems.ts";

test("an error is kept as its stack, within bounds and without NUL", () => {
  expect(errorText(new Error("lost\0"))).toMatch(/^Error: lost\n +at /);
  expect(errorText(new Error("x".repeat(9_000)))).toHaveLength(4_000);
  expect(errorText("lost")).toBe("lost");
});

test.each([
  null,
  undefined,
  5n,
  Symbol("lost"),
  Object.create(null),
  {
    toString: () => {
      throw new Error("no text");
    },
  },
  Object.assign(new Error("lost"), { stack: 5 }),
])("whatever is thrown can be told: %#", (thrown) => {
  expect(errorText(thrown)).not.toBe("");
});

test.each([
  [new TypeError("no\n box"), "TypeError: no box"],
  ["no box", "no box"],
  [undefined, "undefined"],
])("an event whose upcaster threw says what it threw, of which type and version: %#", (thrown, told) => {
  const oldData = z.object({ index: z.number() });
  const definition = defineEvent("card.sized", {
    version: 2,
    subject: card,
    data: z.object({ size: z.number() }),
    upcast: {
      1: from(oldData, (): { size: number } => {
        throw thrown;
      }),
    },
  });
  const stored = {
    account: "acme",
    lane: "domain",
    id: "018f0000-0000-7000-8000-000000000001",
    type: "card.sized",
    version: 1,
    severity: "info",
    subject: card(1),
    actor: ann,
    onBehalfOf: null,
    occurredAt: new Date(0),
    refs: {},
    data: { index: 3 },
    metadata: {},
    causedBy: null,
    causeDepth: 0,
    audience: null,
    kind: null,
    position: 7,
  } as const;
  const error = unreadableError(positionedEvent(stored, createRegistry(definition)));
  expect(error.code).toBe("UPCAST_FAILED");
  expect(error.detail).toMatch(/^card\.sized version 1 at position 7: its upcaster threw /);
  expect(error.detail).toContain(told);
  expect(error.cause).toBe(thrown);
});
