import { describe, expect, test } from "vitest";
import { connectFailure, exchangeFailure } from "./wireFailure.ts";

const withCode = (code: string) => Object.assign(new Error(`${code} 10.0.0.1:5432`), { code });
const told = ({ failure, detail }: { failure: string; detail: string }) => ({ failure, detail });

describe("what a failure tells", () => {
  test("case 34: a closed port, a filtered one and a host that is not there read the same", () => {
    const codes = [
      "ECONNREFUSED",
      "ETIMEDOUT",
      "UND_ERR_CONNECT_TIMEOUT",
      "EHOSTUNREACH",
      "ENETUNREACH",
      "EADDRNOTAVAIL",
    ];
    for (const protocol of ["http:", "https:"]) {
      for (const code of codes) {
        expect(told(connectFailure(withCode(code), protocol))).toEqual({
          failure: "connect",
          detail: "no connection could be made",
        });
      }
    }
  });

  test("case 34: no detail repeats an error's own text, which names addresses", () => {
    const codes = [
      "ECONNREFUSED",
      "ECONNRESET",
      "EPROTO",
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "UND_ERR_SOCKET",
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "E_NEW",
      "",
    ];
    for (const code of codes) {
      for (const failure of [connectFailure(withCode(code), "https:"), exchangeFailure(withCode(code))]) {
        expect(failure.detail).not.toMatch(/10\.0\.0\.1|5432/);
      }
    }
  });

  test("an answer that breaks an assertion of the HTTP client is not HTTP", () => {
    expect(exchangeFailure(withCode("ERR_ASSERTION")).failure).toBe("protocol");
  });

  test("what is not known is our fault", () => {
    expect(exchangeFailure(new TypeError("x is not a function")).failure).toBe("internal");
    expect(exchangeFailure("thrown text").failure).toBe("internal");
  });
});
