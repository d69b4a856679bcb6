import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { aMove, ann, card, events, noteTaken, page, pageViewed } from "../../test/support/boardEvents.ts";
import { downDatabase } from "../../test/support/watchStatements.ts";
import { TidingsError } from "../errors.ts";
import { createSignals } from "../signals.ts";
import { createTidings } from "../tidings.ts";
import type { Draft } from "./draft.ts";
import { prepareEvent, type PreparedEvent } from "./prepare.ts";
import { createRegistry } from "./registry.ts";
import { createTracker, trackDefaults, type TrackOptions } from "./track.ts";
import { withDefaults } from "../withDefaults.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

const registry = createRegistry(events);
const viewed = (): Draft => ({ ...pageViewed({ subject: page("home") }), actor: ann });

function setUp(
  options: TrackOptions = {},
  fail: (batch: readonly PreparedEvent[]) => unknown = () => undefined,
) {
  const written: PreparedEvent[][] = [];
  const signals = createSignals();
  const dropped: { events: number; reason: string }[] = [];
  signals.on("track.dropped", ({ events: lost, reason }) => dropped.push({ events: lost, reason }));
  const tracker = createTracker(
    {
      prepare: (draft, context) => prepareEvent(draft, { registry, context, account: "acme" }),
      write: async (batch) => {
        await turn();
        const error = fail(batch);
        if (error !== undefined) throw error;
        written.push([...batch]);
      },
      checkConnection: async () => undefined,
      context: () => ({}),
      signals,
    },
    withDefaults(trackDefaults, options),
  );
  return { tracker, written, dropped, signals };
}

/** Lets retries pass without waiting for them. */
async function flushThroughRetries(tracker: { flush(): Promise<void> }) {
  let done = false;
  const flushing = tracker.flush().finally(() => (done = true));
  while (!done) {
    await turn();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await flushing;
}

describe("track never throws", () => {
  test.each([
    ["an invalid draft", { ...aMove(), data: {} }],
    ["no draft", null],
    ["a text", "card.moved"],
    ["an unknown type", { ...aMove(), type: "card.flown" }],
    ["what cannot be stored", noteTaken({ subject: card(1), data: { size: 1n } })],
  ])("%s is dropped and counted", (_what, draft) => {
    const { tracker, dropped } = setUp();
    tracker.track(draft as Draft);
    expect(tracker.stats()).toEqual({ buffered: 0, written: 0, dropped: 1 });
    expect(dropped).toEqual([{ events: 1, reason: "invalid" }]);
  });

  test("no account and no actor are dropped and counted", () => {
    const tidings = createTidings({ db: downDatabase().db, events });
    tidings.track(pageViewed({ subject: page("home") }));
    tidings.run({ account: "acme" }, () => tidings.track(pageViewed({ subject: page("home") })));
    expect(tidings.trackStats()).toEqual({ buffered: 0, written: 0, dropped: 2 });
  });

  test("a listener that throws changes nothing, and is warned of", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const { tracker, written, signals } = setUp();
    const fail = () => {
      throw new Error("the log is full");
    };
    signals.on("track.dropped", fail);
    signals.on("track.flushed", fail);
    tracker.track(null as never);
    tracker.track(viewed());
    await tracker.flush();
    expect(written).toHaveLength(1);
    expect(tracker.stats()).toEqual({ buffered: 0, written: 1, dropped: 1 });
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
  });
});

describe("track never waits", () => {
  test("nothing is sent before the time has come, then everything at once", async () => {
    const { tracker, written } = setUp({ flushMs: 500 });
    for (let event = 0; event < 30; event++) expect(tracker.track(viewed())).toBeUndefined();
    await vi.advanceTimersByTimeAsync(499);
    await turn();
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await tracker.flush();
    expect(written.map((batch) => batch.length)).toEqual([30]);
  });

  test("a full batch does not wait for the time", async () => {
    const { tracker, written } = setUp();
    for (let event = 0; event < 500; event++) tracker.track(viewed());
    while (written.length === 0) await turn();
    expect(written.map((batch) => batch.length)).toEqual([500]);
    expect(tracker.stats().written).toBe(500);
  });

  test("the event happened when it was tracked, and holds what the data was then", async () => {
    vi.setSystemTime(new Date("2026-01-01T00:00:00Z"));
    const { tracker, written } = setUp();
    const data = { steps: [1] };
    tracker.track({ ...noteTaken({ subject: card(1), data }), actor: ann, occurredAt: undefined });
    tracker.track({ ...viewed(), occurredAt: new Date("2020-01-01T00:00:00Z") });
    data.steps.push(2);
    vi.setSystemTime(new Date("2026-01-01T00:00:10Z"));
    await tracker.flush();
    expect(written[0]!.map(({ row }) => row.occurredAt)).toEqual([
      "2026-01-01T00:00:00.000Z",
      "2020-01-01T00:00:00.000Z",
    ]);
    expect(written[0]![0]!.row.data).toEqual({ steps: [1] });
  });
});

describe("before a process ends by itself", () => {
  /** As Node does when there is nothing left to do, for what came to listen since `before`. */
  const listeners = () => process.listeners("beforeExit");
  const endProcess = (before: readonly unknown[]) => {
    for (const listener of listeners()) if (!before.includes(listener)) listener(0);
  };

  test("what waits is written, long before its time", async () => {
    const before = listeners();
    const { tracker, written } = setUp();
    tracker.track(viewed());
    endProcess(before);
    while (tracker.stats().buffered > 0) await turn();
    expect(written.map((batch) => batch.length)).toEqual([1]);
  });

  test("what the database refuses is dropped and told, and the process ends", async () => {
    const before = listeners();
    const { tracker, dropped } = setUp({}, () => new Error("down"));
    tracker.track(viewed());
    endProcess(before);
    while (tracker.stats().buffered > 0) await vi.advanceTimersByTimeAsync(1_000).then(() => turn());
    expect(dropped).toEqual([{ events: 1, reason: "rejected" }]);
    expect(listeners()).toEqual(before);
  });

  test("any number of buffers is waited for by one listener, and empty ones by none", async () => {
    const before = listeners();
    const trackers = Array.from({ length: 12 }, () => setUp().tracker);
    for (const tracker of trackers) tracker.track(viewed());
    expect(listeners()).toHaveLength(before.length + 1);
    for (const tracker of trackers) await tracker.flush();
    await turn();
    expect(listeners()).toEqual(before);
  });
});

describe("track is bounded", () => {
  test("what comes on top of a full buffer is dropped and counted", async () => {
    const { tracker, dropped } = setUp({ maxBuffered: 3 });
    for (let event = 0; event < 5; event++) tracker.track(viewed());
    expect(tracker.stats()).toEqual({ buffered: 3, written: 0, dropped: 2 });
    expect(dropped).toEqual([
      { events: 1, reason: "buffer_full" },
      { events: 1, reason: "buffer_full" },
    ]);
    await tracker.flush();
    tracker.track(viewed());
    expect(tracker.stats()).toEqual({ buffered: 1, written: 3, dropped: 2 });
  });

  test("events under way count as buffered", async () => {
    const { tracker } = setUp({ maxBuffered: 2 });
    tracker.track(viewed());
    tracker.track(viewed());
    const flushing = tracker.flush();
    await turn();
    tracker.track(viewed());
    expect(tracker.stats().dropped).toBe(1);
    await flushing;
  });
});

describe("a batch that fails", () => {
  test("is tried again, and written once the database is back", async () => {
    let failures = 2;
    const { tracker, written } = setUp({}, () => (failures-- > 0 ? new Error("down") : undefined));
    tracker.track(viewed());
    await flushThroughRetries(tracker);
    expect(written).toHaveLength(1);
    expect(tracker.stats()).toEqual({ buffered: 0, written: 1, dropped: 0 });
  });

  test("is dropped and counted after four tries, and the next one is written", async () => {
    let tries = 0;
    const { tracker, dropped, written } = setUp({}, () => (++tries <= 4 ? new Error("down") : undefined));
    for (let event = 0; event < 501; event++) tracker.track(viewed());
    await flushThroughRetries(tracker);
    expect(dropped).toEqual([{ events: 500, reason: "rejected" }]);
    expect(written.map((batch) => batch.length)).toEqual([1]);
    expect(tracker.stats()).toEqual({ buffered: 0, written: 1, dropped: 500 });
  });

  test("for the sake of one event loses only that one", async () => {
    const refuses = (batch: readonly PreparedEvent[]) =>
      batch.some(({ row }) => row.key === "bad") ? new TidingsError("IDEMPOTENCY_CONFLICT") : undefined;
    const { tracker, dropped } = setUp({}, refuses);
    for (const idempotencyKey of ["a", "bad", "b"]) tracker.track({ ...viewed(), idempotencyKey });
    await tracker.flush();
    expect(tracker.stats()).toEqual({ buffered: 0, written: 2, dropped: 1 });
    expect(dropped).toEqual([{ events: 1, reason: "rejected" }]);
  });
});
