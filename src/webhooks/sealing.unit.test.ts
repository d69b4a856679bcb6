import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createSealing, sealedFor } from "./sealing.ts";

const [first, second] = [randomBytes(32), randomBytes(32)];
const bound = sealedFor("acme", "0193e1a0-0000-7000-8000-000000000001");

test("what is sealed opens again, and shows nothing of it: the same text is sealed otherwise each time", () => {
  const sealing = createSealing([first]);
  const sealed = sealing.seal("whsec_ä", bound);
  expect(sealing.open(sealed, bound)).toBe("whsec_ä");
  expect(sealing.seal("whsec_ä", bound)).not.toBe(sealed);
  expect(sealing.open(sealing.seal("", bound), bound)).toBe("");
});

test("it opens nowhere else: not for another account, not for another endpoint", () => {
  const sealing = createSealing([first]);
  const sealed = sealing.seal("text", bound);
  for (const elsewhere of ["", sealedFor("globex", bound.slice(5)), sealedFor("acme", bound.slice(5, -1))])
    expect(() => sealing.open(sealed, elsewhere)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
});

test("whatever is changed of it, it does not open", () => {
  const sealing = createSealing([first]);
  const sealed = sealing.seal("some text", bound);
  const start = sealed.lastIndexOf(".") + 1;
  for (let at = start; at < sealed.length; at++) {
    // The last character may hold bits that stand for nothing.
    const other = sealed.slice(0, at) + (sealed[at] === "A" ? "z" : "A") + sealed.slice(at + 1);
    if (Buffer.from(other.slice(start), "base64url").equals(Buffer.from(sealed.slice(start), "base64url")))
      continue;
    expect(() => sealing.open(other, bound)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  }
  for (const broken of [
    "",
    "text",
    sealed.slice(0, -1),
    sealed.slice(0, start + 8),
    `2${sealed.slice(1)}`,
    `${sealed}.x`,
  ])
    expect(() => sealing.open(broken, bound)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
});

test("a new key seals while the old one still opens; without the old one it says which option lacks it", () => {
  const sealed = createSealing([first]).seal("text", bound);
  const both = createSealing([second, first]);
  expect(both.open(sealed, bound)).toBe("text");
  expect(sealed.startsWith(both.newest)).toBe(false);
  const resealed = both.seal("text", bound);
  expect(resealed.startsWith(both.newest)).toBe(true);
  expect(createSealing([second]).open(resealed, bound)).toBe("text");
  expect(() => createSealing([second]).open(sealed, bound)).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringContaining("webhooks.secretKey"),
    }),
  );
  expect(() => createSealing([])).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
});

test("a sealed text names its key without showing it", () => {
  const sealed = createSealing([first]).seal("text", bound);
  for (const form of ["base64", "base64url", "hex"] as const)
    expect(sealed).not.toContain(first.toString(form).slice(0, 8));
});
