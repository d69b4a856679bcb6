import { describe, expect, test } from "vitest";
import { cardMoved } from "../../test/support/boardEvents.ts";
import { defineEntity } from "../events/entity.ts";
import { defineAction } from "./defineAction.ts";
import { defineProjection } from "./defineProjection.ts";

const user = defineEntity("user");
const action = { kind: "create", subject: () => user("1"), run: () => undefined } as const;
const projection = { events: [cardMoved], tables: { cards: "(id text)" }, run: () => undefined };
const never = (value: unknown) => value as never;

describe("A definition that cannot work is refused when it is made, with its name", () => {
  const refused = (name: string) =>
    expect.objectContaining({ code: "INVALID_DEFINITION", detail: expect.stringContaining(name) });

  test.each<[unknown, unknown]>([
    [5, action],
    [Symbol("x"), action],
    ["user.create", null],
    ["user.create", undefined],
    ...[
      { kind: "unknown" },
      { run: 5 },
      { subject: null },
      { lock: "nope" },
      { sensitive: [null] },
      { sensitive: "password" },
      { senstive: ["password"] },
      { input: {} },
      { after: 5 },
      { ignore: "yes" },
      { aliases: "user.made" },
      { upcast: { 1: null }, version: 2 },
      { upcast: [], version: 2 },
      { version: 2 ** 31 },
      { sentence: "Ann created Ben" },
      { audience: ["admins"] },
      { webhook: null },
      { webhook: [null], lane: "domain" },
    ].map((given): [unknown, unknown] => ["user.create", { ...action, ...given }]),
  ])("defineAction(%o, %o)", (type, given) => {
    expect(() => defineAction(never(type), never(given))).toThrow(refused(String(type)));
  });

  test.each<[unknown, unknown]>([
    [5, projection],
    ["a\0b", projection],
    ["a".repeat(41), projection],
    ["cards", null],
    ...[
      { tables: null },
      { tables: undefined },
      { tables: { cards: null } },
      { tables: { cards: 5 } },
      { tables: { cards: {} } },
      { tables: { cards: { columns: "(id text)", indexes: "(id)" } } },
      { tables: { cards: { columns: "(id text)", index: ["(id)"] } } },
      { on: null },
      { run: undefined, on: null },
      { run: undefined, on: { "card.moved": 5 } },
      { run: 5 },
      { restore: "x" },
      { version: 0 },
      { version: -1 },
      { version: 1.5 },
      { version: 2 ** 31 },
      { batch: "5" },
      { evnets: [] },
    ].map((given): [unknown, unknown] => ["cards", { ...projection, ...given }]),
  ])("defineProjection(%o, %o)", (name, given) => {
    expect(() => defineProjection(never(name), never(given))).toThrow(
      refused(`projection "${String(name)}"`),
    );
  });

  test.each([5, null, {}, { initial: 0 }, { initial: 0, on: {} }, { initial: 0, on: { "card.moved": 5 } }])(
    "a state %o",
    (state) => {
      expect(() => defineEntity("card", { state: never(state) })).toThrow(refused('Entity "card": state'));
    },
  );
});
