import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sortedJson } from "../events/serializable.ts";
import { failureOf, giveCaptures, takeCaptures } from "./captures.ts";

const missing = (name: string): never => {
  throw new Error(`missing ${name}`);
};

/** What PostgreSQL gives back. */
const fromDatabase = <Value>(value: Value) => JSON.parse(sortedJson(value)) as Value;

test("what was captured is given back, name by name and in order, whatever JSON it is", async () => {
  const asked = fc.array(
    fc.oneof(
      fc.record({ name: fc.constantFrom("a", "b", "a.c"), value: fc.jsonValue() }),
      fc.record({ name: fc.constantFrom("id" as const, "random" as const) }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(asked, async (steps) => {
      const first = takeCaptures();
      const walk = (on: Pick<typeof first, "id" | "random" | "capture">, make: (value: unknown) => unknown) =>
        Promise.all(
          steps.map((step) =>
            "value" in step
              ? on.capture(step.name, () => make(step.value))
              : step.name === "id"
                ? on.id()
                : on.random(),
          ),
        );
      const given = await walk(first, (value) => value);
      const again = await walk(giveCaptures(fromDatabase(first.taken()), missing), () =>
        expect.unreachable(),
      );
      expect(again).toEqual(given);
    }),
  );
});

test("the first run is given what a replay will be: keys in the database's order, and a copy", async () => {
  const captures = takeCaptures();
  const made = { long: 1, b: [{ zz: 1, a: undefined }] };
  const given = await captures.capture("x", () => made);
  expect(JSON.stringify(given)).toBe('{"b":[{"zz":1}],"long":1}');
  made.b.push({ zz: 2, a: undefined });
  given.b.push({ zz: 3, a: undefined });
  expect(captures.taken().captured).toEqual({ x: { b: [{ zz: 1 }], long: 1 } });
});

test("a value that was captured is not shared with the run that gets it", async () => {
  const recorded = { captured: { x: { list: [] as number[] } } };
  const first = giveCaptures(recorded, missing);
  ((await first.capture("x", () => ({ list: [1] }))) as { list: number[] }).list.push(2);
  expect(recorded.captured.x.list).toEqual([]);
  await expect(first.capture("y", () => 1)).rejects.toThrow("missing y");
});

test("a capture that threw throws again: name, message and code", async () => {
  const captures = takeCaptures();
  const error = Object.assign(new RangeError("down"), { code: "E1" });
  await expect(captures.capture("x", () => Promise.reject(error))).rejects.toBe(error);
  const again = giveCaptures(captures.taken(), missing);
  const thrown: unknown = await again.capture("x", () => 1).catch((caught: unknown) => caught);
  expect(thrown).toBeInstanceOf(Error);
  expect(thrown).toMatchObject({ name: "RangeError", message: "down", code: "E1" });
});

test.each(["", "id", "random", "__proto__", "a b", "a#2", "1a", "x".repeat(101)])(
  "%j is no name",
  async (name) => {
    await expect(takeCaptures().capture(name, () => 1)).rejects.toMatchObject({ code: "INVALID_OPTION" });
  },
);

test("a name that is no text, and a value that nothing makes, are refused, and not kept", async () => {
  const captures = takeCaptures();
  const refused = { code: "INVALID_OPTION" };
  await expect(captures.capture(null as never, () => 1)).rejects.toMatchObject(refused);
  await expect(captures.capture(Symbol("x") as never, () => 1)).rejects.toMatchObject(refused);
  await expect(captures.capture("token", "abc" as never)).rejects.toMatchObject(refused);
  expect(captures.taken()).toEqual({ captured: {} });
});

test("ids are UUIDs of version 7, of now and each another", () => {
  const captures = takeCaptures();
  const before = Date.now();
  const ids = Array.from({ length: 100 }, () => captures.id());
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBeGreaterThanOrEqual(before);
  }
});

test("of an error is kept what a run may look at, and no more than fits", () => {
  expect(failureOf("text")).toEqual({ name: "Error", message: "text" });
  expect(failureOf(new Error("x".repeat(5_000))).message).toHaveLength(1_000);
  const code = "E\0" + "\ud800";
  expect(failureOf(Object.assign(new Error(`\0${"x".repeat(998)}😀`), { code }))).toEqual({
    name: "Error",
    message: `${"x".repeat(998)}\ufffd`,
    code: "E\ufffd",
  });
});
