import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { sqlStateOf } from "./sqlState.ts";

test("the code of what PostgreSQL said", () => {
  expect(sqlStateOf(Object.assign(new Error("permission denied"), { code: "42501" }))).toBe("42501");
  expect(sqlStateOf(Object.assign(new Error("failed"), { code: "25P02" }))).toBe("25P02");
  expect(sqlStateOf(new Error("no code"))).toBeUndefined();
  expect(sqlStateOf({ code: "42501" })).toBeUndefined();
});

test("not the code of what the operating system said, though some have five letters", async () => {
  const epipe = Object.assign(new Error("write EPIPE"), { code: "EPIPE", errno: -32, syscall: "write" });
  expect(sqlStateOf(epipe)).toBeUndefined();
  const missing = await readFile(new URL("./nowhere", import.meta.url)).catch((error: unknown) => error);
  expect(sqlStateOf(missing)).toBeUndefined();
});
