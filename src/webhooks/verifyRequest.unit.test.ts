import { describe, expect, test } from "vitest";
import { isTidingsError } from "../errors.ts";
import { signatureSchemes, type SignatureScheme } from "./endpoint.ts";
import { schemes, sign } from "./schemes.ts";
import { makeSecret } from "./secrets.ts";
import { createVerifier } from "./verifyRequest.ts";

const NOW = 1_795_000_000_000;
const body = Buffer.from('{"type":"card.moved","note":"ü"}');

function signed(scheme: SignatureScheme, secrets: readonly string[], at = NOW, compat = false) {
  const keys = secrets.map((secret) => ({ kind: schemes[scheme].keyKind, secret }));
  const input = { id: "msg_1", type: "card.moved", timestamp: Math.floor(at / 1_000), body, keys };
  return { headers: { ...sign(scheme, input, compat) }, body };
}

describe("a verifier", () => {
  const secretFor = (scheme: SignatureScheme) => makeSecret(schemes[scheme].keyKind);

  test.each(signatureSchemes)("accepts %s with its secret, and nothing that was changed", (scheme) => {
    const { secret } = secretFor(scheme);
    const verify = createVerifier([secret]);
    const request = signed(scheme, [secret]);
    expect(verify(request, NOW)).toBe("ok");
    expect(verify({ ...request, body: Buffer.from(`${body.toString()} `) }, NOW)).toBe("wrong_signature");
    expect(createVerifier([secretFor(scheme).secret])(request, NOW)).toBe("wrong_signature");
    expect(createVerifier([])(request, NOW)).toBe("not_checked");
  });

  test("needs only the public half of an ed25519 key", () => {
    const { secret, publicKey } = makeSecret("ed25519");
    const request = signed("standard-ed25519", [secret]);
    expect(createVerifier([publicKey!])(request, NOW)).toBe("ok");
    expect(createVerifier([makeSecret("ed25519").publicKey!])(request, NOW)).toBe("wrong_signature");
  });

  test("accepts either secret while both are valid, and all headers of a request with compat", () => {
    const [older, newer] = [makeSecret("hmac").secret, makeSecret("hmac").secret];
    for (const scheme of ["standard", "stripe"] as const) {
      const request = signed(scheme, [newer, older]);
      for (const secret of [older, newer]) expect(createVerifier([secret])(request, NOW)).toBe("ok");
    }
    expect(createVerifier([newer])(signed("github", [newer], NOW, true), NOW)).toBe("ok");
  });

  test("refuses what is five minutes off, and what has no signature", () => {
    const { secret } = makeSecret("hmac");
    const verify = createVerifier([secret]);
    for (const scheme of ["standard", "stripe"] as const) {
      const request = signed(scheme, [secret]);
      expect(verify(request, NOW + 300_000)).toBe("ok");
      expect(verify(request, NOW + 301_000)).toBe("too_old");
      expect(verify(request, NOW - 301_000)).toBe("too_old");
    }
    expect(verify({ headers: { "webhook-id": "msg_1" }, body }, NOW)).toBe("unsigned");
    expect(verify({ headers: { "webhook-signature": "v1," }, body }, NOW)).toBe("too_old");
    const bare = {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(NOW / 1_000),
      "webhook-signature": "v1,",
    };
    expect(verify({ headers: bare, body }, NOW)).toBe("wrong_signature");
  });

  test("refuses a secret that is none, without repeating it", () => {
    for (const secret of ["", "hunter2", "whsec_short", "whsec_%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"]) {
      try {
        createVerifier([secret]);
        expect.unreachable();
      } catch (error) {
        expect(isTidingsError(error, "INVALID_SECRET")).toBe(true);
        if (secret) expect(String(error)).not.toContain(secret);
      }
    }
  });
});
