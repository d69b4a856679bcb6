import { expect, test } from "vitest";
import type { StoredEvent } from "../log/storedEvent.ts";
import { emptyTally, openTally } from "./replayTally.ts";

const event = (position: number) =>
  ({ position, id: `id-${position}`, account: "acme", type: "user.create", version: 1 }) as StoredEvent & {
    position: number;
  };

test("what is alike is counted together, and only what ran counts as replayed", () => {
  const tally = openTally(emptyTally);
  tally.count(event(1), "action", null);
  tally.count(event(2), "action", null);
  tally.count(event(3), "route", "user.create_v1");
  tally.count(event(4), "ignored", "no longer needed");
  expect(tally.current()).toMatchObject({
    replayed: 3,
    counts: [
      { by: "action", events: 2 },
      { by: "route", detail: "user.create_v1", events: 1 },
      { by: "ignored", detail: "no longer needed", events: 1 },
    ],
  });
});

test("counting goes on from what was stored, and what was rolled back is not counted", () => {
  const first = openTally(emptyTally);
  first.count(event(1), "action", null);
  const stored = first.current();
  const second = openTally(JSON.parse(JSON.stringify(stored)) as typeof stored);
  second.count(event(2), "action", null);
  const committed = second.current();
  second.count(event(3), "action", null);
  second.restore(committed);
  expect(second.current()).toEqual(committed);
  expect(committed).toMatchObject({ replayed: 2, counts: [{ events: 2 }] });
  expect(stored.counts[0]!.events, "what was stored stays as it is").toBe(1);
});

test("all events that are set aside are counted, the first hundred of them named", () => {
  const tally = openTally(emptyTally);
  for (let position = 1; position <= 150; position++) tally.setAside(event(position), "REPLAY_FAILED", "no");
  const { setAside, counts, replayed } = tally.current();
  expect(setAside.total).toBe(150);
  expect(setAside.first.map(({ position }) => position)).toEqual(
    Array.from({ length: 100 }, (_, at) => at + 1),
  );
  expect(counts).toEqual([
    { type: "user.create", version: 1, by: "failed", detail: "REPLAY_FAILED", events: 150 },
  ]);
  expect(replayed).toBe(0);
});
