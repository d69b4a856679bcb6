import { describe, expect, test } from "vitest";
import { checkHeaders, headerLimits } from "./customHeaders.ts";

function refusal(headers: Record<string, unknown>): unknown {
  try {
    return checkHeaders(headers as Record<string, string>);
  } catch (error) {
    const { code, path, message } = error as { code: string; path: unknown; message: string };
    expect(code).toBe("INVALID_ENDPOINT");
    for (const value of Object.values(headers)) {
      if (typeof value === "string" && value.length > 3) expect(message).not.toContain(value);
    }
    return path;
  }
}

describe("case 15: the headers of an endpoint", () => {
  test("are given back with their case and their values as they are", () => {
    const headers = {
      Authorization: "Bearer a.b-c_d==",
      "X-Team": "caf\xe9 \t ok",
      "x_odd!name": "",
      cookie: "a=b; c=d",
    };
    expect(checkHeaders(headers)).toEqual(headers);
    expect(Object.keys(checkHeaders(headers))).toEqual(Object.keys(headers));
  });

  test.each([
    "a\r\nx-b: c",
    "a\nb",
    "a\rb",
    "a\0b",
    "a\x7fb",
    "a\x1bb",
    "\u2028",
    "日本",
    "😀",
    "\u0100",
    " a",
    "a ",
    "a\t",
    "\xa0a",
  ])("cannot have the value %j", (value) => {
    expect(refusal({ "X-A": value })).toEqual(["headers", "X-A"]);
  });

  test.each(["", "a b", "a:b", "a\r\nb", "a\0", "caf\xe9", "日本", "a(b)", "a,b", "a/b", 'a"b', " a"])(
    "cannot be named %j",
    (name) => {
      expect(refusal({ [name]: "v" })).toEqual(["headers", name]);
    },
  );

  test.each([
    "Host",
    "host",
    "HOST",
    "content-length",
    "Content-Type",
    "content-encoding",
    "Transfer-Encoding",
    "connection",
    "Keep-Alive",
    "Upgrade",
    "expect",
    "te",
    "trailer",
    "proxy-authorization",
    "User-Agent",
    "accept-encoding",
    "webhook-id",
    "Webhook-Signature",
    "webhook-anything",
    "x-webhook-signature",
    "stripe-signature",
    "X-Hub-Signature-256",
    "ce-id",
  ])("cannot be %s, which is not theirs to set", (name) => {
    expect(refusal({ [name]: "v" })).toEqual(["headers", name]);
  });

  test("have values of at most 4,096 bytes, which Latin-1 takes one each", () => {
    expect(refusal({ "X-A": "\xe9".repeat(4_096) })).toEqual({ "X-A": "\xe9".repeat(4_096) });
    expect(refusal({ "X-A": "a".repeat(4_097) })).toEqual(["headers", "X-A"]);
  });

  test("have names of at most 256 characters", () => {
    expect(refusal({ ["a".repeat(256)]: "v" })).toEqual({ ["a".repeat(256)]: "v" });
    expect(refusal({ ["a".repeat(257)]: "v" })).toEqual(["headers", "a".repeat(256)]);
  });

  test("are at most twenty", () => {
    const headers = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, "v"]));
    expect(Object.keys(checkHeaders(headers(headerLimits.headers)))).toHaveLength(20);
    expect(refusal(headers(21))).toEqual(["headers"]);
  });

  test("come once each, whatever their case", () => {
    expect(refusal({ "X-A": "1", "x-a": "2" })).toEqual(["headers", "x-a"]);
  });

  test("have text as values", () => {
    for (const value of [1, null, undefined, ["a"], {}])
      expect(refusal({ "X-A": value })).toEqual(["headers", "X-A"]);
  });

  test("may be named __proto__ without harm", () => {
    const headers = JSON.parse('{"__proto__": "a"}') as Record<string, string>;
    expect(Object.entries(checkHeaders(headers))).toEqual([["__proto__", "a"]]);
  });
});
