import { beforeEach, describe, expect, test, vi } from "vitest";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { normalFilter, type EventFilter } from "../events/filter.ts";
import { createRegistry } from "../events/registry.ts";
import type { PositionedStoredEvent } from "../log/readPositions.ts";
import type { Tail, TailListener } from "../log/tail.ts";
import { createChannels, type Channels, type LiveRun } from "./channels.ts";

const card = defineEntity("card");
const registry = createRegistry([defineEvent("card.moved", { subject: card })]);

/** A tail in the test's hands: what it hands out is what the test says. */
function fakeTail() {
  const listeners = new Set<TailListener>();
  let position = 0;
  const tail: Pick<Tail, "follow" | "recent"> = {
    follow: async (listener) => {
      listeners.add(listener);
      return { position, stop: () => listeners.delete(listener) };
    },
    recent: () => null,
  };
  return {
    tail: tail as Tail,
    listeners,
    hand: (...events: PositionedStoredEvent[]) => {
      position = events.at(-1)!.position;
      for (const listener of listeners) listener({ events, scannedTo: position, more: false });
    },
  };
}

let source: ReturnType<typeof fakeTail>;
let channels: Channels;
let last = 0;
beforeEach(() => {
  source = fakeTail();
  channels = createChannels(source.tail, registry);
  last = 0;
});

function event(given: { account?: string; subject?: string; audience?: string[] } = {}) {
  const { account = "acme", subject = "1", audience = null } = given;
  const stored = {
    position: ++last,
    account,
    audience,
    lane: "domain",
    id: `00000000-0000-7000-8000-${String(last).padStart(12, "0")}`,
    type: "card.moved",
    version: 1,
    severity: "info",
    subject: { type: "card", id: subject, label: null },
    actor: { type: "user", id: "ann", label: null },
    onBehalfOf: null,
    occurredAt: new Date(0),
    refs: {},
    data: {},
    metadata: {},
    causedBy: null,
    causeDepth: 0,
  };
  return stored as PositionedStoredEvent;
}

async function join(filter: EventFilter = {}, account = "acme") {
  const runs: LiveRun[] = [];
  const place = await channels.join(
    normalFilter(filter, account, registry),
    (run) => runs.push(run),
    () => undefined,
  );
  return { runs, place };
}
const positions = (runs: readonly LiveRun[]) => runs.map(({ events }) => events.map((e) => e.position));

describe("channels", () => {
  test("streams with one filter get the very same events, however many they are", async () => {
    const streams = await Promise.all(Array.from({ length: 50 }, () => join({ subjects: ["card:1"] })));
    source.hand(event(), event({ subject: "2" }), event());
    expect(positions(streams[0]!.runs)).toEqual([[1, 3]]);
    expect(new Set(streams.map(({ runs }) => runs[0]!.events)).size).toBe(1);
    expect(source.listeners.size, "one follows the log for all of them").toBe(1);
  });

  test("a stream is not woken for other accounts, nor for what its filter leaves out", async () => {
    const acme = await join();
    const globex = await join({}, "globex");
    const other = await join({ subjects: ["card:9"] });
    source.hand(event(), event({ account: "globex" }));
    expect(positions(acme.runs)).toEqual([[1]]);
    expect(positions(globex.runs)).toEqual([[2]]);
    expect(other.runs).toEqual([]);
  });

  test("streams that nothing happens for are told within a second how far the log was looked at", async () => {
    vi.useFakeTimers();
    try {
      const { runs } = await join({ subjects: ["card:9"] });
      source.hand(event());
      source.hand(event());
      vi.advanceTimersByTime(1_000);
      expect(runs).toEqual([{ events: [], position: 2 }]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("readers share what everybody may see, and get nothing that is not for them", async () => {
    const readers = ["ann", "ben", "cyd"].map((id) => ({ viewer: { type: "user", id } }));
    const [ann, ben, cyd] = await Promise.all(readers.map((filter) => join(filter)));
    const app = await join();
    source.hand(event(), event());
    expect(new Set([ann!, ben!, cyd!, app].map(({ runs }) => runs[0]!.events)).size).toBe(1);
    source.hand(event({ audience: ["user:ann"] }), event({ audience: ["user:ann", "user:ben"] }));
    expect(positions(ann!.runs)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(positions(ben!.runs)).toEqual([[1, 2], [4]]);
    expect(positions(cyd!.runs)).toEqual([[1, 2]]);
    expect(positions(app.runs)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("who left is told nothing, and the last one stops following the log", async () => {
    const first = await join();
    const second = await join();
    first.place.leave();
    first.place.leave();
    source.hand(event());
    expect([first.runs.length, second.runs.length, channels.members()]).toEqual([0, 1, 1]);
    second.place.leave();
    await vi.waitFor(() => expect(source.listeners.size).toBe(0));
    const third = await join();
    expect(third.place.position).toBe(1);
  });
});
