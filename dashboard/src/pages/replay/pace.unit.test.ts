import { expect, test } from "vitest";
import { paceOf } from "./pace.ts";

test("the rate and the time left are those since the beginning", () => {
  expect(paceOf({ events: 5_000, position: 25_000, lastPosition: 100_000 }, 10_000)).toEqual({
    share: 0.25,
    perSecond: 500,
    leftMs: 30_000,
  });
});

test("nothing is claimed before there is something to tell by", () => {
  expect(paceOf({ events: 10, position: 10, lastPosition: 0 }, 5_000)).toMatchObject({
    share: null,
    leftMs: null,
  });
  expect(paceOf({ events: 10, position: 10, lastPosition: 1_000_000 }, 60_000).leftMs).toBeNull();
  expect(paceOf({ events: 10, position: 10, lastPosition: 20 }, 500)).toMatchObject({
    perSecond: null,
    leftMs: null,
  });
  expect(paceOf({ events: 10, position: 20, lastPosition: 20 }, 9_000)).toMatchObject({
    share: 1,
    leftMs: null,
  });
});
