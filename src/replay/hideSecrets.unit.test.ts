import { expect, test } from "vitest";
import { TidingsError } from "../errors.ts";
import { hideSecrets } from "./hideSecrets.ts";

const hidden = (error: unknown, ...secrets: Parameters<typeof hideSecrets>[1]) =>
  hideSecrets(error, secrets) as Error;

test("an error that tells no secret stays itself", () => {
  const error = new Error("no");
  expect(hideSecrets(error, ["password"])).toBe(error);
  expect(hideSecrets(error, ["no", true, null, 7])).toBe(error);
  const refused = new TidingsError("INVALID_DATA", { detail: "card" });
  expect(hideSecrets(refused, ["password"])).toBe(refused);
});

test("secrets are hidden in the message and the stack, long ones first; the cause is the error as it was", () => {
  const error = new TypeError("4711 and 47112, sent to ann");
  const told = hidden(error, [4711], { deep: "47112" });
  expect(told.message).toBe("[sensitive] and [sensitive], sent to ann");
  expect(told.stack).toMatch(/^TypeError: \[sensitive\] and \[sensitive\], sent to ann\n +at /);
  expect(told.cause).toBe(error);
});

test("a message that the stack does not hold is hidden, too, and a stack that its message does not hold", () => {
  const late = new Error("early");
  expect(late.stack).toContain("early"); // read, and so made, before the message is set
  late.message = "it was hunter2";
  expect(hidden(late, "hunter2").message).toBe("it was [sensitive]");
  const traced = Object.assign(new Error("no"), { stack: "at hunter2" });
  expect(hidden(traced, "hunter2")).toMatchObject({ message: "no", stack: "at [sensitive]" });
  const bare = Object.assign(new Error("no"), { stack: undefined, body: "hunter2" });
  expect(hidden(bare, "hunter2"), "its text would be all that it holds").toMatchObject({ stack: "no" });
});

test("a code stays, with what it says", () => {
  const error = new TidingsError("INVALID_DATA", { detail: "card 4111", path: ["card"] });
  expect(hidden(error, "4111")).toMatchObject({
    code: "INVALID_DATA",
    detail: "card [sensitive]",
    path: ["card"],
    message: expect.stringContaining("card [sensitive]"),
  });
  const only = Object.assign(new TidingsError("ERASED", { detail: "4111" }), { message: "no", stack: "no" });
  expect(hidden(only, "4111")).toMatchObject({ detail: "[sensitive]", message: "no", stack: "no" });
});

test("also as JSON prints them, and in what is no error", () => {
  expect(hidden(`{"token":"a\\"b"}`, 'a"b').message).toBe('{"token":"[sensitive]"}');
  expect(hidden({ token: "secret" }, "secret").message).toBe("{ token: '[sensitive]' }");
});

const KEY =
  "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n  BKcwggSjAgEAAoIBAQC7\n-----END KEY-----\n";
test.each([KEY, "a\u001bb\tc\\d", `it's`, `'"!`, `it's "so"`, `\`'"\${x}`, `c:\\'s`])(
  "%j is found however a thrown value holds it",
  (secret) => {
    class Refusal {
      readonly token = `Bearer ${secret}, which is longer than a line of the terminal is wide: ${"x".repeat(90)}`;
    }
    const thrown = [
      { token: secret },
      { deep: { list: [1, `before ${secret} after`] } },
      new Refusal(),
      new Map([[secret, new Set([secret])]]),
      { error: new Error(secret) },
      [`"${secret}`, `'${secret}`, `\`${secret}`, `"'${secret}`, `"'\`${secret}`],
      { token: `${"x".repeat(9_998)}${secret}` },
    ];
    const parts = secret.length > 9 ? secret.split("\n").filter(Boolean) : [secret];
    for (const value of thrown) {
      const told = hidden(value, secret);
      expect(told.message).toContain("[sensitive]");
      for (const part of parts) expect(told.message).not.toContain(part.trim());
      expect(told.stack).toBe(told.message);
      expect(told.cause).toBe(value);
    }
  },
);

test("what would say a secret when it is asked for its text becomes an error, too", () => {
  const thrown = { toString: () => "hunter2" };
  expect(String(hidden(thrown, "hunter2"))).not.toContain("hunter2");
});

test("secrets that overlap, each other or themselves, and parts of the marker, leave no rest", () => {
  expect(hidden(new Error("abcdef"), "abcd", "cdef").message).toBe("[sensitive]");
  expect(hidden(new Error("x ababa y"), "aba").message).toBe("x [sensitive] y");
  expect(hidden(new Error("hunter2 is sensitive"), "hunter2", "sen").message).toBe(
    "[sensitive] is [sensitive]sitive",
  );
  expect(hidden(new Error("a.c abc"), "a.c").message, "no patterns").toBe("[sensitive] abc");
});
