import { describe, expect, test } from "vitest";
import { audienceKeys, maySee, viewerKeys } from "./viewer.ts";

describe("an audience", () => {
  test("is stored as keys, each once, in order", () => {
    const keys = audienceKeys(["team:1", { type: "user", id: "ann" }, "admins", "user:ann"]);
    expect(keys).toEqual(["admins", "team:1", "user:ann"]);
  });

  test("null is everybody, and an empty list is a mistake, never everybody", () => {
    expect(audienceKeys(null)).toBeNull();
    expect(() => audienceKeys([])).toThrow(expect.objectContaining({ code: "INVALID_AUDIENCE" }));
    expect(() => audienceKeys(undefined as never)).toThrow(
      expect.objectContaining({ code: "INVALID_AUDIENCE" }),
    );
  });

  test("holds 50 at most", () => {
    const people = Array.from({ length: 51 }, (_, id) => `user:${id}`);
    expect(audienceKeys(people.slice(1))).toHaveLength(50);
    expect(() => audienceKeys(people)).toThrow(expect.objectContaining({ code: "INVALID_AUDIENCE" }));
  });

  test.each([
    ["", "INVALID_ENTITY"],
    ["user:", "INVALID_ENTITY"],
    ["a\0b", "UNSERIALIZABLE"],
    ["x".repeat(256), "ID_TOO_LONG"],
    [{ type: "user", id: "" }, "INVALID_ENTITY"],
    [{ type: "user", id: 7 as never }, "INVALID_ENTITY"],
    [null as never, "INVALID_ENTITY"],
  ])("refuses %j and says where", (member, code) => {
    expect(() => audienceKeys(["fine", member])).toThrow(
      expect.objectContaining({ code, path: expect.arrayContaining(["audience", 1]) as unknown }),
    );
  });

  test("an entity with the longest id fits in its written form", () => {
    const id = "x".repeat(255);
    expect(audienceKeys([`user:${id}`])).toEqual(audienceKeys([{ type: "user", id }]));
  });
});

describe("a viewer", () => {
  test("counts as itself and as what the app says", () => {
    expect(viewerKeys({ type: "user", id: "ann", audiences: ["team:1", "user:ann"] })).toEqual([
      "user:ann",
      "team:1",
    ]);
  });

  test.each([
    null,
    { type: "user" },
    { type: "", id: "ann" },
    { type: "user", id: "ann", audiences: "admins" },
    { type: "user", id: "ann", audiences: [""] },
    { type: "user", id: "ann", audiences: Array.from({ length: 501 }, String) },
  ])("%j is none", (viewer) => {
    expect(() => viewerKeys(viewer as never)).toThrow(expect.objectContaining({ code: "INVALID_FILTER" }));
  });

  test("sees what is for everybody and what is for it; the app sees everything", () => {
    const keys = new Set(["user:ann"]);
    expect(maySee(null, keys)).toBe(true);
    expect(maySee(["user:ann", "user:ben"], keys)).toBe(true);
    expect(maySee(["user:ben"], keys)).toBe(false);
    expect(maySee(["user:ben"], null)).toBe(true);
  });
});
