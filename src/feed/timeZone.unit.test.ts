import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDay, nextDay, timeZone } from "./timeZone.ts";

const HOUR_MS = 3_600_000;

function day(zone: string, date: string) {
  const { startOf } = timeZone(zone);
  const start = startOf(date);
  return { from: new Date(start).toISOString(), hours: (startOf(nextDay(date)) - start) / HOUR_MS };
}

describe("days of a time zone", () => {
  test.each([
    ["UTC", "2026-03-29", "2026-03-29T00:00:00.000Z", 24],
    ["Europe/Berlin", "2026-03-28", "2026-03-27T23:00:00.000Z", 24],
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", 23],
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z", 25],
    ["Asia/Kathmandu", "2026-05-01", "2026-04-30T18:15:00.000Z", 24],
    ["Pacific/Apia", "2026-05-01", "2026-04-30T11:00:00.000Z", 24],
    ["Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00.000Z", 24],
    ["Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00.000Z", 24],
    ["Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00.000Z", 23], // its clock goes from 23:59 to 01:00
  ])("%s: %s begins at %s and has %d hours", (zone, date, from, hours) => {
    expect(day(zone, date)).toEqual({ from, hours });
  });

  test.each([
    ["UTC", "0001-06-01T00:00:00Z", "0001-06-01"],
    ["UTC", "0999-06-01T12:00:00Z", "0999-06-01"],
    ["America/New_York", "1500-06-01T00:00:00Z", "1500-05-31"],
    ["UTC", "9999-12-31T23:59:59.999Z", "9999-12-31"],
    ["America/New_York", "9999-12-31T23:59:59.999Z", "9999-12-31"],
    ["Pacific/Kiritimati", "9999-12-31T23:59:59.999Z", "+010000-01-01"],
  ])("%s: %s, as early or late as a time may be claimed, belongs to %s", (zone, moment, date) => {
    expect(timeZone(zone).dayOf(Date.parse(moment))).toBe(date);
  });

  test("a day that the zone left out has no hours, and no moment belongs to it", () => {
    expect(day("Pacific/Apia", "2011-12-30").hours).toBe(0);
    const { startOf, dayOf } = timeZone("Pacific/Apia");
    expect(dayOf(startOf("2011-12-30"))).toBe("2011-12-31");
    expect(dayOf(startOf("2011-12-30") - 1)).toBe("2011-12-29");
  });

  test("each moment belongs to the one day whose borders it lies between, whatever was asked before", () => {
    const zones = [
      "Europe/Berlin",
      "Asia/Kathmandu",
      "Pacific/Apia",
      "America/New_York",
      "Australia/Lord_Howe",
    ];
    const moment = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.array(moment, { minLength: 1 }), (name, moments) => {
        const zone = timeZone(name);
        for (const time of moments) {
          const date = zone.dayOf(time);
          expect(zone.startOf(date)).toBeLessThanOrEqual(time);
          expect(zone.startOf(nextDay(date))).toBeGreaterThan(time);
          expect(date).toBe(new Intl.DateTimeFormat("sv-SE", { timeZone: name }).format(time));
        }
      }),
      { numRuns: 50 },
    );
  });

  test("names have aliases and any case, as elsewhere", () => {
    expect(day("europe/berlin", "2026-03-29")).toEqual(day("Europe/Berlin", "2026-03-29"));
    expect(day("Asia/Katmandu", "2026-05-01")).toEqual(day("Asia/Kathmandu", "2026-05-01"));
  });

  test.each(["Mars/Base", "", "+02:00", "Europe/Berlin ", "x".repeat(1_000)])(
    "%j is refused as no time zone",
    (name) => {
      expect(() => timeZone(name)).toThrowError(
        expect.objectContaining({ code: "INVALID_TIME_ZONE", status: 400, path: ["timeZone"] }),
      );
    },
  );

  test("a day is one of the calendar", () => {
    expect(["2026-02-28", "2024-02-29", "1970-01-01"].filter(isDay)).toHaveLength(3);
    expect(["2026-02-29", "2026-13-01", "2026-1-1", "1969-12-31", "today", ""].filter(isDay)).toEqual([]);
  });
});
