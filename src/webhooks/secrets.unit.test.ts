import { createPublicKey, sign, verify, createPrivateKey } from "node:crypto";
import { expect, test } from "vitest";
import { checkSecret, makeSecret } from "./secrets.ts";

// The vector of the reference: seed and public key in one.
const ed25519 =
  "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
const hmac = (bytes: number) => `whsec_${Buffer.alloc(bytes, 251).toString("base64")}`;

test("a secret that was made can be used, and no two are alike", () => {
  for (const kind of ["hmac", "ed25519"] as const) {
    const secret = makeSecret(kind);
    expect(secret.kind).toBe(kind);
    expect(checkSecret(secret.secret)).toEqual(secret);
    expect(makeSecret(kind).secret).not.toBe(secret.secret);
  }
});

test("the two halves of an ed25519 secret belong together: what one signs, the other verifies", () => {
  const { secret, publicKey } = makeSecret("ed25519");
  const bytes = Buffer.from(secret.slice(5), "base64");
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), bytes.subarray(0, 32)]),
    format: "der",
    type: "pkcs8",
  });
  const spki = Buffer.concat([
    Buffer.from("302a300506032b6570032100", "hex"),
    Buffer.from(publicKey!.slice(5), "base64"),
  ]);
  const signed = Buffer.from("m.1.{}");
  expect(
    verify(
      null,
      signed,
      createPublicKey({ key: spki, format: "der", type: "spki" }),
      sign(null, signed, privateKey),
    ),
  ).toBe(true);
});

test("secrets of the standard are taken", () => {
  expect(checkSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).toMatchObject({
    kind: "hmac",
    publicKey: null,
  });
  expect(checkSecret(hmac(64)).kind).toBe("hmac");
  expect(checkSecret(ed25519)).toEqual({
    kind: "ed25519",
    secret: ed25519,
    publicKey: "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
  });
});

test("case 2: what cannot sign, or what no receiver could verify, is refused without being shown", () => {
  const swapped = Buffer.from(ed25519.slice(5), "base64");
  swapped[63]! ^= 1;
  const bad = [
    "",
    "whsec_",
    "whsec_%",
    `whsec_%${hmac(32).slice(7)}`,
    hmac(23),
    hmac(65),
    hmac(25).replace("==", ""),
    `${hmac(32)}\n`,
    ` ${hmac(32)}`,
    hmac(32).slice(6),
    hmac(33).replaceAll("+", "-"),
    `whsec_${"A".repeat(31)}B==`,
    "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
    ed25519.replace("whsk_", "whsec_") + "AAAA",
    ed25519.slice(0, -4),
    `whsk_${Buffer.alloc(32, 1).toString("base64")}`,
    `whsk_${swapped.toString("base64")}`,
    "x".repeat(100_000),
    null,
    { secret: hmac(32) },
  ];
  for (const secret of bad) {
    const attempt = () => checkSecret(secret as string);
    expect(attempt, String(secret)).toThrow(
      expect.objectContaining({ code: "INVALID_SECRET", path: ["secret"] }),
    );
    if (typeof secret === "string" && secret.length > 20)
      expect(attempt).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret.slice(7, 20)) }),
      );
  }
});
