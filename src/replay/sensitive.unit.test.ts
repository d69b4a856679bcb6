import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../events/serializable.ts";
import { createSealing } from "../sealing.ts";
import type { ActionData, ActionItem, StoredAction } from "./actionRecord.ts";
import { boundTo, openData, sealData } from "./sensitive.ts";

const use = { purpose: "actions", option: "secretKey" } as const;
const sealing = createSealing([Buffer.alloc(32, 1)], use);
const other = createSealing([Buffer.alloc(32, 2)], use);

const item = (input: Json, captured: JsonObject = {}): ActionItem => ({
  input,
  captured,
  recorded: [],
  performed: [],
});
const dataOf = (first: ActionItem, ...others: ActionItem[]): ActionData => ({
  ...first,
  others,
  within: null,
  after: false,
});
const stored = (data: ActionData, sealed: JsonObject | null, id = "1") =>
  ({ account: "acme", id, type: "x.y", data, sealed }) as unknown as StoredAction;
const seal = (sensitive: readonly string[], data: ActionData, id = "1") =>
  sealData({ sensitive }, data, boundTo("acme", id), sealing);

test("what is sealed is not in the open, and comes back whole: any input, any captures, any number of items", () => {
  const text = fc.string();
  // As it is stored: JSON has no minus zero.
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
  const input = fc.record({
    secret: fc.option(json),
    list: fc.array(fc.record({ secret: text, name: text })),
    map: fc.dictionary(text, fc.record({ "a.b": text })),
  }) as fc.Arbitrary<Json>;
  const captured = fc.dictionary(
    fc.constantFrom("token", "token#2", "tokens"),
    json,
  ) as fc.Arbitrary<JsonObject>;
  const items = fc.array(fc.tuple(input, captured), { minLength: 1, maxLength: 3 });
  const sensitive = ["secret", "list.*.secret", "map.*", "absent.deep", "captured.token"];
  fc.assert(
    fc.property(items, (given) => {
      const [first, ...others] = given.map((each) => item(...each));
      const data = dataOf(first!, ...others);
      const before = structuredClone(data);
      const { data: open, sealed } = seal(sensitive, data);
      expect(data).toEqual(before);
      for (const each of [open, ...open.others]) {
        const { secret, list, map } = each.input as {
          secret: Json;
          list: { secret: Json }[];
          map: JsonObject;
        };
        expect(
          [secret, ...list.map((entry) => entry.secret), ...Object.values(map)].every((v) => v === null),
        ).toBe(true);
        for (const name of ["token", "token#2"]) expect(each.captured[name] ?? null).toBeNull();
      }
      expect(openData(stored(open, sealed), sealing)).toEqual(before);
    }),
  );
});

test("nothing is sealed where there is nothing to hide, and nothing kept where there is no key", () => {
  expect(seal(["a"], dataOf(item({ a: null, b: 1 }))).sealed).toBeNull();
  expect(seal([], dataOf(item({ a: 1 }))).sealed).toBeNull();
  const unkept = sealData(
    { sensitive: ["a", "captured.c"] },
    dataOf(item({ a: 1 }, { c: 2, d: 3 })),
    "",
    null,
  );
  expect(unkept).toEqual({ data: dataOf(item({ a: null }, { d: 3 })), sealed: null });
});

test("what a sensitive capture threw is told without its message", () => {
  const threw = { c: { name: "Error", message: "SECRET", code: "E" } };
  const { data } = seal(["captured.c"], dataOf({ ...item({}), threw }));
  expect(data.threw).toEqual({ c: { name: "Error", message: "", code: "E" } });
});

test.each([
  ["in another event", (event: StoredAction) => openData({ ...event, id: "2" }, sealing)],
  ["in another account", (event: StoredAction) => openData({ ...event, account: "globex" }, sealing)],
  ["with another key", (event: StoredAction) => openData(event, other)],
  ["without a key", (event: StoredAction) => openData(event, null)],
])("%s it does not open: ERASED", (_name, open) => {
  const { data, sealed } = seal(["a"], dataOf(item({ a: "secret" })));
  expect(() => open(stored(data, sealed))).toThrow(expect.objectContaining({ code: "ERASED" }));
});
