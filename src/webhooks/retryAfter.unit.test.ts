import { describe, expect, test } from "vitest";
import { retryAfterMs } from "./retryAfter.ts";

const NOW = Date.parse("2026-11-06T08:49:37Z");
const DAY = 86_400_000;
const wait = (header: string | readonly string[] | undefined) => retryAfterMs(header, NOW, DAY);

describe("case 18: retry-after", () => {
  test("in seconds, whole or not, is never early", () => {
    expect(wait("120")).toBe(120_000);
    expect(wait("120.1")).toBe(120_100);
    expect(wait("0.0001")).toBe(1);
    expect(wait("0")).toBe(0);
  });

  test("as any of the three HTTP dates counts from the database's clock", () => {
    expect(wait("Fri, 06 Nov 2026 08:50:37 GMT")).toBe(60_000);
    expect(wait("Friday, 06-Nov-26 08:50:37 GMT")).toBe(60_000);
    expect(wait("Fri Nov  6 08:50:37 2026")).toBe(60_000);
  });

  test("of the past asks for nothing", () => {
    expect(wait("Fri, 06 Nov 1994 08:49:37 GMT")).toBe(0);
  });

  test("of ten years, or of digits without end, is a day", () => {
    expect(wait("315360000")).toBe(DAY);
    expect(wait("Fri, 06 Nov 2036 08:49:37 GMT")).toBe(DAY);
    expect(wait("9".repeat(90))).toBe(DAY);
  });

  test("that is neither is not there", () => {
    const garbage = ["", "soon", "-5", "1e3", "0x10", "12s", "+5", "NaN", "2026-11-06", "9".repeat(400)];
    for (const header of [...garbage, undefined]) expect(wait(header)).toBeNull();
  });

  test("given more than once, the longest counts", () => {
    expect(wait(["5", "soon", "60"])).toBe(60_000);
  });
});
