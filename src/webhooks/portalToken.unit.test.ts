import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { isTidingsError } from "../errors.ts";
import { createPortalTokens, isPortalToken } from "./portalToken.ts";

const key = randomBytes(32);
const NOW = Date.UTC(2026, 10, 21);
const at = (ms: number, ...keys: Buffer[]) => createPortalTokens(keys.length > 0 ? keys : [key], () => ms);
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return isTidingsError(error) ? error.code : error;
  }
  return "accepted";
};
const refusal = (token: string, tokens = at(NOW)) => codeOf(() => tokens.check(token));

describe("a portal token", () => {
  const token = at(NOW).issue({ account: "acme", role: "manage", forSeconds: 600 });

  test("grants one account and one role, and says by its beginning what it is", () => {
    expect(at(NOW).check(token)).toEqual({ account: "acme", role: "manage" });
    expect(isPortalToken(token)).toBe(true);
    expect(token).toMatch(/^tdp_[\w-]+\.[\w-]{43}$/);
  });

  test("holds until its second, and not longer", () => {
    expect(refusal(token, at(NOW + 599_999))).toBe("accepted");
    expect(refusal(token, at(NOW + 600_000))).toBe("INVALID_TOKEN");
    const hour = at(NOW).issue({ account: "acme", role: "read" });
    expect(refusal(hour, at(NOW + 3_599_999))).toBe("accepted");
    expect(refusal(hour, at(NOW + 3_600_000))).toBe("INVALID_TOKEN");
  });

  test("is refused when a single character of it was changed, added or left out", () => {
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === "A" ? "B" : "A";
      expect(refusal(token.slice(0, index) + other + token.slice(index + 1))).toBe("INVALID_TOKEN");
      expect(refusal(token.slice(0, index) + token.slice(index + 1))).toBe("INVALID_TOKEN");
    }
    for (const more of ["=", ".", "A", "!", ".A"]) expect(refusal(token + more)).toBe("INVALID_TOKEN");
    for (const other of ["", "tdp_", "tdp_.", "tdp_e30.", "Bearer", `tdp_${"A".repeat(1_000_000)}`])
      expect(refusal(other)).toBe("INVALID_TOKEN");
  });

  test("is refused when its claims were changed and signed with the key itself, or with another one", () => {
    const claims = { v: 1, account: "other", role: "manage", exp: NOW / 1_000 + 600 };
    const text = Buffer.from(JSON.stringify(claims)).toString("base64url");
    const signed = (by: Buffer) => `tdp_${text}.${createHmac("sha256", by).update(text).digest("base64url")}`;
    expect(refusal(signed(key))).toBe("INVALID_TOKEN");
    expect(refusal(signed(randomBytes(32)))).toBe("INVALID_TOKEN");
    expect(refusal(signed(Buffer.from(hkdfSync("sha256", key, "", "", 32))))).toBe("INVALID_TOKEN");
  });

  test("outlives the arrival of a newer key, and not the removal of its own", () => {
    const newer = randomBytes(32);
    expect(refusal(token, at(NOW, newer, key))).toBe("accepted");
    expect(refusal(token, at(NOW, newer))).toBe("INVALID_TOKEN");
    const made = at(NOW, newer, key).issue({ account: "acme", role: "read" });
    expect(refusal(made, at(NOW, newer))).toBe("accepted");
  });

  test("is not made for longer than a day, for no time, or for no account", () => {
    for (const forSeconds of [0, 59, 86_401, 60.5, Number.NaN, -60])
      expect(codeOf(() => at(NOW).issue({ account: "acme", role: "read", forSeconds }))).toBe(
        "INVALID_REQUEST",
      );
    expect(codeOf(() => at(NOW).issue({ account: "", role: "read" }))).toBe("INVALID_ENTITY");
  });

  test("can be made for the longest account that there may be", () => {
    const account = "\u0001".repeat(255);
    const longest = at(NOW).issue({ account, role: "manage", forSeconds: 86_400 });
    expect(at(NOW).check(longest)).toEqual({ account, role: "manage" });
  });
});
