import { describe, expect, test } from "vitest";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { createRegistry } from "../events/registry.ts";
import { defineAction } from "../replay/defineAction.ts";
import type { StoredEvent } from "./storedEvent.ts";
import { checkSubscription, type SubscriptionOptions } from "./subscription.ts";

const card = defineEntity("card");
const cardMoved = defineEvent("card.moved", { subject: card, aliases: ["card_moved"] });
const jobEnded = defineEvent("job.ended", { subject: card, lane: "system" });
const registry = createRegistry({ cardMoved, jobEnded });
const run = () => undefined;
const check = (options: Partial<SubscriptionOptions> = {}, name = "search") =>
  checkSubscription(name, { run, ...options }, registry);

const stored = (event: Partial<StoredEvent>): StoredEvent => ({
  account: "acme",
  lane: "domain",
  id: "01900000-0000-7000-8000-000000000000",
  type: "card.moved",
  version: 1,
  severity: "info",
  subject: { type: "card", id: "1", label: null },
  actor: { type: "user", id: "ann", label: null },
  onBehalfOf: null,
  occurredAt: new Date(0),
  refs: {},
  data: {},
  metadata: {},
  causedBy: null,
  causeDepth: 0,
  audience: null,
  kind: null,
  ...event,
});

describe("a subscription's options", () => {
  test.each<[string, Partial<SubscriptionOptions>]>([
    ["slots", { slots: 0 }],
    ["slots", { slots: 65 }],
    ["slots", { slots: 1.5 }],
    ["batch", { batch: 0 }],
    ["batch", { batch: 1_001 }],
    ["maxAttempts", { maxAttempts: 0 }],
    ["key", { key: "board" as never }],
    ["onFailure", { onFailure: "ignore" as never }],
    ["from", { from: "beginning" as never }],
    ["from", { from: { position: -1 } }],
    ["from", { from: { position: 0.5 } }],
    ["lanes", { lanes: "domain" as never }],
    ["onFailed", { onFailed: "stop" } as never],
    ["run", { run: undefined } as never],
    ["run", { run: 5 as never }],
  ])("%s that cannot work is refused with its name: %o", (option, options) => {
    expect(() => check(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(() => check(options)).toThrow(option);
  });

  test.each(["", "a b", "-a", "ä", "x".repeat(101)])("the name %j is refused", (name) => {
    expect(() => check({}, name)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });

  test("types that cannot be are refused", () => {
    expect(() => check({ types: [] })).toThrow(expect.objectContaining({ code: "INVALID_FILTER" }));
  });

  test.each(["card.mvoed", "crad.*"])("types that no definition has are refused by name: %s", (type) => {
    expect(() => check({ types: [cardMoved, type] })).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringContaining(`"${type}"`) as string,
      }),
    );
  });
});

describe("a definition that a subscription names", () => {
  const refusal = (type: string) =>
    expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringContaining(`"search": types holds a definition of "${type}"`) as string,
    });

  test("is refused where it is none of the app's: nothing of it would ever come", () => {
    const cardFlown = defineEvent("card.flown", { subject: card });
    expect(() => check({ types: [cardMoved, cardFlown] })).toThrow(refusal("card.flown"));
  });

  test("is refused where the app has another one of its type: events would not be what it says", () => {
    const another = defineEvent("card.moved", { subject: card });
    expect(() => check({ types: [another] })).toThrow(refusal("card.moved"));
    expect(() => check({ types: [another] })).toThrow("another one of that type");
  });

  test("may be an action's that newer ones have replaced: its events are stored under the same name", () => {
    const [now, before] = [2, 1].map((version) =>
      defineAction("card.sort", {
        kind: "update",
        version,
        ignore: version === 1,
        subject: () => card("1"),
        run: () => undefined,
      }),
    );
    const both = createRegistry([cardMoved, now!, before!]);
    for (const type of [now!, before!])
      expect(checkSubscription("sorted", { run, types: [type] }, both).types).toEqual(["card.sort"]);
  });
});

describe("which events a subscription wants", () => {
  test("of its types, under older names too", () => {
    const { wants } = check({ types: [cardMoved] });
    expect(wants(stored({ type: "card.moved" }), 0)).toBe(true);
    expect(wants(stored({ type: "card_moved" }), 0)).toBe(true);
    expect(wants(stored({ type: "card.closed" }), 0)).toBe(false);
  });

  test("of a category, what this process defines of it", () => {
    const { wants } = check({ types: ["card.*"] });
    expect(wants(stored({ type: "card.moved" }), 0)).toBe(true);
    expect(wants(stored({ type: "card.never_heard" }), 0)).toBe(false);
    expect(wants(stored({ type: "cardboard.folded" }), 0)).toBe(false);
  });

  test.each(["card*", "card.m*", "crd.*", "**"])("not of %s, which no definition can be", (type) => {
    expect(() => check({ types: [type] })).toThrow("no definition has");
  });

  test("without types all of the domain lane, also what this process does not know", () => {
    const { wants } = check();
    expect(wants(stored({ type: "never.heard" }), 0)).toBe(true);
    expect(wants(stored({ lane: "system" }), 0)).toBe(false);
  });

  test("from the lanes of its definitions, or those that it names", () => {
    expect(check({ types: [jobEnded] }).wants(stored({ type: "job.ended", lane: "system" }), 0)).toBe(true);
    expect(check({ types: ["job.ended"] }).lanes).toEqual(["system"]);
    expect(check({ types: [jobEnded, "card.*"] }).lanes).toEqual(["domain", "system"]);
    expect(check({ lanes: ["client"] }).wants(stored({ lane: "client" }), 0)).toBe(true);
  });

  test("with several slots each event belongs to exactly one, the same for everything of one key", () => {
    for (const key of ["account", "subject"] as const) {
      const { wants } = check({ slots: 8, key });
      const slotsOf = (event: StoredEvent) => [...Array(8).keys()].filter((slot) => wants(event, slot));
      const used = new Set<number>();
      for (let n = 0; n < 200; n++) {
        const event = stored({
          account: `account ${n % 40}`,
          subject: { type: "card", id: String(n % 20), label: null },
        });
        const slots = slotsOf(event);
        expect(slots).toHaveLength(1);
        expect(slotsOf({ ...event, id: "other", type: "other.type" })).toEqual(slots);
        used.add(slots[0]!);
      }
      expect(used.size, "slots in use").toBe(8);
    }
  });

  test("a key never changes its slot: it is stored with the position of the slot", () => {
    const { wants } = check({ slots: 64, key: "subject" });
    expect([...Array(64).keys()].filter((slot) => wants(stored({}), slot))).toEqual([EXPECTED_SLOT]);
  });
});

/** Of card:1 in acme, among 64. If this changes, running subscriptions lose and repeat events. */
const EXPECTED_SLOT = 6;
