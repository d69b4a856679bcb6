import { expect, test } from "vitest";
import { TidingsError } from "../errors.ts";
import { hideSecrets } from "./hideSecrets.ts";

const hidden = (error: unknown, ...secrets: Parameters<typeof hideSecrets>[1]) =>
  hideSecrets(error, secrets) as Error;

test("an error that tells no secret stays itself", () => {
  const error = new Error("no");
  expect(hideSecrets(error, ["password"])).toBe(error);
  expect(hideSecrets(error, ["no", true, null, 7])).toBe(error);
});

test("secrets are hidden in the message and the stack, long ones first; the cause is the error as it was", () => {
  const error = new TypeError("4711 and 47112, sent to ann");
  const told = hidden(error, [4711], { deep: "47112" });
  expect(told.message).toBe("[sensitive] and [sensitive], sent to ann");
  expect(told.stack).toMatch(/^TypeError: \[sensitive\] and \[sensitive\], sent to ann\n +at /);
  expect(told.cause).toBe(error);
});

test("also as JSON prints them, and in what is no error", () => {
  expect(hidden(`{"token":"a\\"b"}`, 'a"b').message).toBe('{"token":"[sensitive]"}');
  expect(hidden({ token: "secret" }, "secret").message).toBe("{ token: '[sensitive]' }");
});

test("a code stays, with what it says", () => {
  const error = new TidingsError("INVALID_DATA", { detail: "card 4111", path: ["card"] });
  expect(hidden(error, "4111")).toMatchObject({
    code: "INVALID_DATA",
    detail: "card [sensitive]",
    path: ["card"],
    message: expect.stringContaining("card [sensitive]"),
  });
});
