import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ann, card, cardMoved, column, events } from "../../test/support/boardEvents.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { defineEvent } from "./defineEvent.ts";
import { many, optional } from "./entity.ts";
import { recordedEvent } from "./recordedEvent.ts";
import { createRegistry } from "./registry.ts";
import type { JsonObject } from "./serializable.ts";
import { from } from "./upcast.ts";

const registry = createRegistry(events);

const stored = (type: string, version: number, data: JsonObject): StoredEvent => ({
  account: "acme",
  lane: "domain",
  id: "018f0000-0000-7000-8000-000000000001",
  type,
  version,
  severity: "info",
  subject: card(1),
  actor: ann,
  onBehalfOf: null,
  occurredAt: new Date(0),
  refs: { from: column("a"), to: column("b") },
  data,
  metadata: {},
  causedBy: null,
  causeDepth: 0,
  audience: null,
  kind: null,
});

/** What each version of card.moved stored for one position. */
const dataOfVersion = [
  (position: number) => ({ index: position }),
  (position: number) => ({ at: position }),
  (position: number) => ({ position }),
];

test("an event stored by any version, under any name, reads as the current one", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(1, 2, 3),
      fc.constantFrom("card.moved", "card_moved"),
      (position, version, type) => {
        const event = recordedEvent(stored(type, version, dataOfVersion[version - 1]!(position)), registry);
        expect(event).toMatchObject({ type: "card.moved", version: 3, data: { position }, problem: null });
        expect(cardMoved.schema?.["~standard"].validate(event.data)).toHaveProperty("value");
      },
    ),
  );
});

test("reading is pure: the stored event stays as it is", () => {
  const old = stored("card_moved", 1, { index: 4 });
  const before = structuredClone(old);
  recordedEvent(old, registry);
  expect(old).toEqual(before);
});

describe("what this process cannot read is given as stored, with the problem", () => {
  test("a type that is not defined", () => {
    const event = recordedEvent(stored("card.flown", 1, { height: 3 }), registry);
    expect(event).toMatchObject({ type: "card.flown", data: { height: 3 }, problem: "unknown_type" });
  });
  test("a newer version", () => {
    const event = recordedEvent(stored("card.moved", 4, { place: 3 }), registry);
    expect(event).toMatchObject({ version: 4, data: { place: 3 }, problem: "unknown_version" });
  });
  test("an upcaster that throws", () => {
    const fragile = defineEvent("card.sized", {
      version: 2,
      subject: card,
      data: z.object({ size: z.number() }),
      upcast: {
        1: from(z.object({ box: z.object({ size: z.number() }) }), (old) => ({ size: old.box.size })),
      },
    });
    const event = recordedEvent(stored("card.sized", 1, { lost: true }), createRegistry(fragile));
    expect(event).toMatchObject({ version: 1, data: { lost: true }, problem: "upcast_failed" });
  });
});

test("roles that came later read as empty in older events", () => {
  const grown = defineEvent("card.shared", {
    subject: card,
    refs: { by: optional(card), seen: many(card), from: column },
  });
  const event = recordedEvent(stored("card.shared", 1, {}), createRegistry(grown));
  expect(event.refs).toMatchObject({ by: null, seen: [], from: { id: "a" } });
});
