import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signatureSchemes } from "./endpoint.ts";
import type { SigningInput, SigningKey } from "./scheme.ts";
import { schemes, sign } from "./schemes.ts";

const hmac: SigningKey = { kind: "hmac", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
const older: SigningKey = { kind: "hmac", secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` };
const ed25519: SigningKey = {
  kind: "ed25519",
  secret: "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
};
const input: SigningInput = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  type: "card.moved",
  timestamp: 1614265330,
  body: Buffer.from('{"test": 2432232314}'),
  keys: [hmac],
};

describe("case 1: the published vectors", () => {
  test("Standard Webhooks, HMAC", () => {
    expect(sign("standard", input)).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("Standard Webhooks, ed25519", () => {
    expect(sign("standard-ed25519", { ...input, keys: [ed25519] })["webhook-signature"]).toBe(
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
    );
  });

  test("GitHub", () => {
    const keys: SigningKey[] = [{ kind: "hmac", secret: "It's a Secret to Everybody" }];
    expect(sign("github", { ...input, keys, body: Buffer.from("Hello, World!") })).toEqual({
      "webhook-id": input.id,
      "x-github-delivery": input.id,
      "x-github-event": "card.moved",
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    });
  });
});

describe("case 2: keys that overlap", () => {
  test("every valid key signs a standard header, newest first, whatever its kind", () => {
    const headers = sign("standard-ed25519", { ...input, keys: [ed25519, hmac, older] });
    expect(headers["webhook-signature"]!.split(" ").map((part) => part.split(",")[0])).toEqual([
      "v1a",
      "v1",
      "v1",
    ]);
    expect(headers["webhook-signature"]).toContain("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    expect(sign("standard", { ...input, keys: [ed25519, hmac, older] })).toEqual(headers);
  });

  test("a Stripe header has a signature for each key, keyed with the whole secret", () => {
    const of = (key: SigningKey) =>
      createHmac("sha256", key.secret).update(`${input.timestamp}.${input.body.toString()}`).digest("hex");
    expect(sign("stripe", { ...input, keys: [hmac, older] })["stripe-signature"]).toBe(
      `t=1614265330,v1=${of(hmac)},v1=${of(older)}`,
    );
  });

  test("where a header has room for one signature it is that of the newest key", () => {
    for (const scheme of ["hmac-hex", "github"] as const) {
      expect(sign(scheme, { ...input, keys: [older, hmac] })).toEqual(
        sign(scheme, { ...input, keys: [older] }),
      );
    }
    expect(sign("hmac-hex", input)).toEqual({
      "webhook-id": input.id,
      "x-webhook-id": input.id,
      "x-webhook-event": "card.moved",
      "x-webhook-signature": createHmac("sha256", hmac.secret).update(input.body).digest("hex"),
    });
  });
});

describe("signing", () => {
  test.each(signatureSchemes)("%s sends nothing unsigned when no key can sign", (name) => {
    expect(() => sign(name, { ...input, keys: [] })).toThrow(
      expect.objectContaining({ code: "INVALID_SECRET" }),
    );
  });

  test("a key of the other kind does not sign in a scheme that has no place for it", () => {
    expect(() => sign("stripe", { ...input, keys: [ed25519] })).toThrow(
      expect.objectContaining({ code: "INVALID_SECRET" }),
    );
  });

  test("no header holds a secret", () => {
    const text = JSON.stringify(
      signatureSchemes.map((name) => sign(name, { ...input, keys: [hmac, ed25519] }, true)),
    );
    for (const { secret } of [hmac, ed25519]) expect(text).not.toContain(secret.slice(6, 30));
  });

  test("compat adds the headers of all symmetric schemes and changes none of the scheme's own", () => {
    const headers = sign("stripe", input, true);
    for (const scheme of Object.values(schemes).filter(({ keyKind }) => keyKind === "hmac")) {
      expect(headers).toMatchObject(scheme.sign(input));
    }
    const asymmetric = { ...input, keys: [ed25519] };
    expect(sign("standard-ed25519", asymmetric, true)).toEqual(sign("standard-ed25519", asymmetric));
  });

  test("case 4: each attempt is signed with its own time, under the same id", () => {
    const first = sign("standard", input);
    const second = sign("standard", { ...input, timestamp: input.timestamp + 300 });
    expect(second["webhook-id"]).toBe(first["webhook-id"]);
    expect(second["webhook-timestamp"]).toBe("1614265630");
    expect(second["webhook-signature"]).not.toBe(first["webhook-signature"]);
  });

  test.each(signatureSchemes)("%s: one changed byte of the body gives another signature", (name) => {
    const keys = [hmac, ed25519];
    const body = Buffer.from([0xff, 0x00, 0xfe]);
    const changed = Buffer.from([0xff, 0x00, 0xfd]);
    // Not the same text: bytes that are no UTF-8 must not be replaced before they are signed.
    expect(sign(name, { ...input, keys, body })).not.toEqual(sign(name, { ...input, keys, body: changed }));
  });
});
