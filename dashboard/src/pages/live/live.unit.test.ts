import { expect, test } from "vitest";
import type { LiveItem } from "../../../../src/react/wire.ts";
import { MAX_ROWS, noRows, paused, resumed, withHistory, withNews } from "./liveRows.ts";
import { recordedAt } from "../../../../src/react/time/recordedAt.ts";
import { barsOf, presentRate, withMoments } from "./rate.ts";

const idOf = (position: number) => `0199f2b1-6c1e-7000-8000-${position.toString(16).padStart(12, "0")}`;
const item = (position: number): LiveItem => ({ id: idOf(position), position }) as LiveItem;
const items = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => item(from + index));
const positions = (rows: readonly { position: number | null }[]) => rows.map(({ position }) => position);

test("rows stand newest first, and the stream's first stretch only gives history its positions", () => {
  const history = withHistory(noRows, [item(5), item(4), item(3)]);
  expect(positions(history.rows)).toEqual([null, null, null]);
  const placed = withNews(history, items(4, 5), 5, 0);
  expect(positions(placed.rows)).toEqual([5, 4, null]);
  expect(positions(withNews(placed, items(6, 7), 5, 0).rows)).toEqual([7, 6, 5, 4, null]);
  expect(placed.rows.every(({ cameAt }) => cameAt === null)).toBe(true);
});

test("a stretch that was longer than the page of history goes beneath it, in order", () => {
  const state = withNews(withHistory(noRows, [item(5)]), items(3, 5), 5, 0);
  expect(positions(state.rows)).toEqual([5, 4, 3]);
});

test("while paused the list stands still, what comes is counted, and resuming shows it", () => {
  const still = paused(withNews(noRows, items(1, 2), 0, 0));
  const later = withNews(still, items(3, 130), 0, 0);
  expect([later.rows.length, later.heldCount]).toEqual([2, 128]);
  const again = resumed(later);
  expect([again.rows.length, again.rows[0]!.position, again.held]).toEqual([130, 130, null]);
});

test("memory is bounded, also while paused; the count is not", () => {
  const many = withNews(
    paused(withNews(noRows, items(1, MAX_ROWS + 10), 0, 0)),
    items(1, MAX_ROWS + 7),
    0,
    0,
  );
  expect([many.rows.length, many.held!.length, many.heldCount]).toEqual([MAX_ROWS, MAX_ROWS, MAX_ROWS + 7]);
  expect(resumed(many).rows.length).toBe(MAX_ROWS);
});

test("the rate counts by the moment of recording, which the id tells", () => {
  expect(recordedAt("0199f2b1-6c1e-7d3a-9a52-3f7f0f3f8a01")).toBe(0x0199f2b16c1e);
  const now = 1_700_000_005_000;
  const rate = withMoments(
    { steps: new Map() },
    [now - 1_000, now - 2_000, now - 12_000, now - 3_600_000],
    now,
  );
  const bars = barsOf(rate, now);
  expect(bars.length).toBe(60);
  expect(bars.slice(-2).map(({ count }) => count)).toEqual([1, 2]);
  expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  expect(presentRate(rate, now)).toBeCloseTo(3 / 35);
});

test("what is older than ten minutes is forgotten as time goes on", () => {
  const now = 1_700_000_000_000;
  const rate = withMoments({ steps: new Map() }, [now], now);
  expect(withMoments(rate, [], now + 11 * 60_000).steps.size).toBe(0);
});
