import { describe, expect, test } from "vitest";
import { daysOf } from "../feed/daysOf.ts";
import type { FeedItem } from "../wire.ts";
import { dayBounds } from "./dayBounds.ts";
import { formattingLocale } from "./formattingLocale.ts";
import { dayHeading, relativeTime } from "./timeText.ts";
import { plainTime, timeWithDate } from "./zonedTime.ts";

const zone = { locale: "en-GB", timeZone: "Europe/Berlin" };
const now = Date.parse("2026-11-20T14:30:00Z");
const ago = (seconds: number) => new Date(now - seconds * 1_000);
const shown = (seconds: number, where = { ...zone, locale: "en-US" }) =>
  relativeTime(ago(seconds), now, where, "just now");

test("times are short and move without haste", () => {
  expect([-5, 9, 25, 59, 12 * 60, 3 * 3_600].map((seconds) => shown(seconds))).toEqual([
    "just now",
    "just now",
    "20 sec",
    "50 sec",
    "12 min",
    "3 hr",
  ]);
  expect(shown(86_400, zone)).toBe("15:30");
  expect(shown(12 * 60, { ...zone, locale: "de" })).toBe("12 Min.");
});

test("days are named as the reader's calendar has them, whatever the hour is elsewhere", () => {
  expect(dayHeading("2026-11-20", "2026-11-20", zone)).toBe("Today");
  expect(dayHeading("2026-11-19", "2026-11-20", { ...zone, locale: "de" })).toBe("Gestern");
  expect(dayHeading("2026-11-16", "2026-11-20", zone)).toMatch(/^Monday,? 16 November$/);
  expect(dayHeading("2025-11-16", "2026-11-20", zone)).toMatch(/^Sunday,? 16 November 2025$/);
});

test("a time of another day carries its date, and the year where that is another one, too", () => {
  const at = new Date("2026-11-12T13:03:00Z");
  expect(timeWithDate(at, "2026-11-20", zone)).toBe("12 Nov, 14:03");
  expect(timeWithDate(at, "2027-01-02", zone)).toBe("12 Nov 2026, 14:03");
  expect(timeWithDate(at, "2026-11-20", { ...zone, locale: "de" })).toBe("12. Nov., 14:03");
});

test("the heading of a line in a feed is the day on which it happened, as its own time is, whenever it was recorded", () => {
  const line = (occurredAt: string) => ({ occurredAt }) as FeedItem;
  const entries = ["2026-11-20T12:00:00Z", "2026-11-12T23:30:00Z", "2026-11-20T11:00:00Z"].map(line);
  expect(daysOf(entries, zone.timeZone)).toEqual(["2026-11-20", "2026-11-13", "2026-11-20"]);
  expect(entries.map(({ occurredAt }) => relativeTime(new Date(occurredAt), now, zone, "just now"))).toEqual([
    "2 hrs",
    "00:30",
    "3 hrs",
  ]);
});

describe("a day lasts from midnight to midnight of its zone", () => {
  test.each([
    ["2026-11-20", "Europe/Berlin", "2026-11-19T23:00:00.000Z", 24],
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z", 23],
    ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z", 25],
    ["2026-11-20", "Asia/Kathmandu", "2026-11-19T18:15:00.000Z", 24],
    ["2026-11-20", "Pacific/Apia", "2026-11-19T11:00:00.000Z", 24],
    ["2026-11-20", "Pacific/Kiritimati", "2026-11-19T10:00:00.000Z", 24],
    ["2026-11-20", "Pacific/Niue", "2026-11-20T11:00:00.000Z", 24],
  ])("%s in %s", (day, timeZone, since, hours) => {
    const bounds = dayBounds(day, timeZone);
    expect(bounds.since).toBe(since);
    expect((Date.parse(bounds.until) - Date.parse(since)) / 3_600_000).toBe(hours);
  });
});

test("a time from the server is plain, and the same in every language", () => {
  expect(plainTime(new Date("2026-11-20T23:05:00Z"), undefined)).toBe("2026-11-20 23:05");
  expect(plainTime(new Date("2026-11-20T23:05:00Z"), "Asia/Kathmandu")).toBe("2026-11-21 04:50");
});

test("times are written as the reader asks, in the language of the page", () => {
  expect(formattingLocale("en", "en-GB", "de-DE")).toBe("en-GB");
  expect(formattingLocale("en", undefined, "en-GB")).toBe("en-GB");
  expect(formattingLocale("en", undefined, "de-DE")).toBe("en");
  expect(formattingLocale("ar", "de", "de-DE")).toBe("ar");
  expect(formattingLocale(undefined, undefined, "de-DE")).toBe(undefined);
});
