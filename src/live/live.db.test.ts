import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { recordAt } from "../../test/support/recordAt.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import type { Database } from "../db/database.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import { lastPosition } from "../log/readPositions.ts";
import { createSequencer } from "../log/sequencer.ts";
import { createTail, type Tail } from "../log/tail.ts";
import { createSignals, type Signals } from "../signals.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { createChannels, type Channels } from "./channels.ts";
import { live, type LiveDependencies, type LiveQuery } from "./live.ts";

const card = defineEntity("card");
const cardMoved = defineEvent("card.moved", { subject: card });
const cardClosed = defineEvent("card.closed", { subject: card });
const user = { type: "user", id: "ann", label: null };

let database: PostgresTestDatabase;
let tidings: Tidings;
let tail: Tail;
let signals: Signals;
let channels: Channels;
let room: LiveDependencies;
let historyReads = 0;
let reads = 0;

beforeEach(async () => {
  database = await createTestDatabase();
  tidings = createTidings({ db: database.db, events: { cardMoved, cardClosed }, account: "acme" });
  historyReads = 0;
  const db: Database = {
    ...database.db,
    query: (sql, parameters) => {
      reads++;
      if (sql.includes("where account_id = $3 and pos >")) historyReads++;
      return database.db.query(sql, parameters);
    },
  };
  // An hour between looks: what the tests see comes from `advance`, not from polling.
  signals = createSignals();
  tail = createTail(db, signals, 3_600_000);
  channels = createChannels(tail, tidings.registry);
  room = { db, channels, registry: tidings.registry, accountOf: (given) => given ?? "acme" };
});
afterEach(async () => {
  await tail.loop.stop();
  await database.drop();
});

/** Records events and gives them positions; the tail is told, as the process that ticks tells it. */
async function record(count: number, { account = "acme", close = false } = {}): Promise<number> {
  const definition = close ? cardClosed : cardMoved;
  for (let left = count; left > 0; left -= 1_000) {
    const drafts = Array.from({ length: Math.min(left, 1_000) }, (_, n) =>
      definition({ account, actor: user, subject: card(n % 10) }),
    );
    await tidings.record(...drafts);
  }
  const { lastPosition } = await createSequencer(database.db, createSignals(), tail.advance).tick();
  return lastPosition!;
}

/** Fails when the stream ends before. */
async function take(stream: AsyncGenerator<PositionedEvent>, count: number): Promise<number[]> {
  const positions: number[] = [];
  while (positions.length < count) {
    const next = await stream.next();
    if (next.done) throw new Error(`The stream ended after ${positions.length} of ${count} events`);
    positions.push(next.value.position);
  }
  return positions;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A stream that is known to have begun: it has given its first event. */
async function begun(query: LiveQuery): Promise<AsyncGenerator<PositionedEvent>> {
  // From a place of its own: "from now on" may be after the event below.
  const stream = live(room, { after: await lastPosition(database.db), ...query });
  const first = take(stream, 1);
  await expect.poll(() => channels.members(), { timeout: 10_000 }).toBeGreaterThan(0);
  await record(1);
  await first;
  return stream;
}

describe("live()", () => {
  test("readers that disconnect at random and come back miss nothing and get nothing twice", async () => {
    await record(40);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 25 }), { minLength: 1, maxLength: 8 }),
        fc.nat({ max: 30 }),
        async (takes, more) => {
          const seen: number[] = [];
          const writing = record(more + 1); // while it reads history, and while it is away
          for (const count of takes) {
            const end = new AbortController();
            const stream = live(room, { after: seen.length, signal: end.signal });
            const left = 40 - seen.length;
            seen.push(...(await take(stream, Math.min(count, left))));
            end.abort();
            await stream.return(undefined);
          }
          const last = await writing;
          const end = new AbortController();
          const stream = live(room, { after: seen.length, signal: end.signal });
          seen.push(...(await take(stream, last - seen.length)));
          end.abort();
          await stream.return(undefined);
          expect(seen).toEqual(range(1, last));
          expect(channels.members()).toBe(0);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("history and what comes while it is read join without a gap", async () => {
    await record(1_200);
    const stream = live(room, { after: 0 });
    const seen = await take(stream, 10);
    for (let round = 0; round < 5; round++) {
      await record(20);
      seen.push(...(await take(stream, 200)));
    }
    seen.push(...(await take(stream, 1_300 - seen.length)));
    expect(seen).toEqual(range(1, 1_300));
    await stream.return(undefined);
  });

  test("a reader that falls far behind is fed from the database, and then from the tail again", async () => {
    const stream = await begun({});
    const other = await begun({}); // keeps up, and proves that the tail has handed everything out
    const position = 2;
    historyReads = 0;
    const last = await record(3_000);
    await take(other, last - position);
    expect(historyReads, "the quick reader needs no history").toBe(0);
    expect(await take(stream, last - 1)).toEqual(range(2, last));
    expect(historyReads, "what did not fit into memory").toBeGreaterThan(0);
    historyReads = 0;
    const next = await record(5);
    expect(await take(stream, 5)).toEqual(range(last + 1, next));
    expect(historyReads).toBe(0);
    await Promise.all([stream.return(undefined), other.return(undefined)]);
  });

  test("one read of the database serves a tick, however many streams there are", async () => {
    const stays = await begun({});
    const readsFor = async (count: number) => {
      const after = await record(1);
      await take(stays, 1); // the tail has looked, and rests
      const streams = Array.from({ length: count }, () => live(room, { after }));
      const taken = streams.map((stream) => take(stream, 3));
      await expect.poll(() => channels.members(), { timeout: 10_000 }).toBe(count + 1);
      reads = 0;
      await record(3);
      await Promise.all([...taken, take(stays, 3)]);
      const made = reads;
      await Promise.all(streams.map((stream) => stream.return(undefined)));
      return made;
    };
    expect(await readsFor(1)).toBe(1);
    expect(await readsFor(50)).toBe(1);
    await stays.return(undefined);
  });

  test("streams that come back soon are served from memory", async () => {
    const stays = await begun({});
    const last = await record(50);
    await take(stays, last - 1);
    reads = 0;
    const back = Array.from({ length: 20 }, (_, number) => live(room, { after: last - number }));
    const seen = await Promise.all(back.slice(1).map((stream, index) => take(stream, index + 1)));
    expect(seen.map((positions) => positions.length)).toEqual(range(1, 19));
    expect(reads).toBe(0);
    await Promise.all([stays, ...back.slice(1)].map((stream) => stream.return(undefined)));
  });

  test("gives only what matches, of its own account", async () => {
    const stream = live(room, { after: 0, types: [cardClosed], of: card(0) });
    const first = take(stream, 2);
    await record(3);
    await record(3, { account: "globex", close: true });
    const closed = await record(1, { close: true });
    await record(2);
    const again = await record(1, { close: true });
    expect(await first).toEqual([closed, again]);
    await stream.return(undefined);
  });

  test("tells a viewer of no cause that it may not see", async () => {
    const viewer = { type: "user", id: "ben" };
    const seen = live(room, { after: 0, viewer });
    const whole = live(room, { after: 0 });
    const moved = cardMoved({ account: "acme", actor: user, subject: card(1) });
    const [known] = await tidings.record(moved);
    const [hidden] = await tidings.record({ ...moved, audience: ["admins"], causedBy: known!.id });
    const [effect] = await tidings.record({ ...moved, causedBy: hidden!.id });
    await createSequencer(database.db, createSignals(), tail.advance).tick();
    const causesOf = async (stream: typeof seen, count: number) => {
      const causes: [string, string | undefined, number][] = [];
      for await (const { id, causedBy, causeDepth } of stream)
        if (causes.push([id, causedBy?.id, causeDepth]) === count) break;
      return causes;
    };
    expect(await causesOf(seen, 2)).toEqual([
      [known!.id, undefined, 0],
      [effect!.id, known!.id, 1],
    ]);
    expect((await causesOf(whole, 3)).at(-1)).toEqual([effect!.id, hidden!.id, 2]);
  });

  test("without a position it begins with what was recorded since a moment, and goes on from there", async () => {
    const hoursAgo = (hours: number) => Date.now() - hours * 3_600_000;
    await recordAt(
      tidings,
      database,
      [5, 3, 1].map((hours) => ({
        at: hoursAgo(hours),
        draft: cardMoved({ actor: user, subject: card(hours) }),
      })),
    );
    const last = await record(1);
    const stream = live(room, { since: new Date(hoursAgo(4)) });
    expect(await take(stream, 3)).toEqual([2, 3, last]);
    const next = take(stream, 1);
    const newest = await record(1);
    expect(await next).toEqual([newest]);
    await stream.return(undefined);
  });

  test("an abort ends a stream that waits, and lets go of one whose reader never comes back", async () => {
    const end = new AbortController();
    const waiting = live(room, { after: 0, signal: end.signal });
    const abandoned = live(room, { after: 0, signal: end.signal });
    const first = Promise.all([take(waiting, 1), take(abandoned, 1)]);
    await expect.poll(() => channels.members(), { timeout: 10_000 }).toBe(2);
    await record(1);
    expect(await first).toEqual([[1], [1]]);
    const ended = waiting.next();
    await new Promise(setImmediate); // now it waits
    expect(channels.members()).toBe(2);
    end.abort();
    expect(channels.members()).toBe(0);
    expect(await ended).toMatchObject({ done: true });
    expect(await abandoned.next()).toMatchObject({ done: true });
    expect(await live(room, { signal: AbortSignal.abort() }).next()).toMatchObject({ done: true });
    expect(channels.members()).toBe(0);
  });

  test.each([
    ["beyond the end of the log", 11],
    ["below zero", -1],
    ["not whole", 1.5],
    ["not a number", Number.NaN],
  ])("a position %s is refused, and nobody is left following", async (_, after) => {
    await record(10);
    await expect(live(room, { after }).next()).rejects.toMatchObject({ code: "INVALID_CURSOR" });
    expect(channels.members()).toBe(0);
  });

  test("a position that retention took is refused, also when it takes it while history is read", async () => {
    await record(1_500);
    const slow = live(room, { after: 0 });
    await take(slow, 1);
    const prune = (upTo: number) => database.db.query(`delete from tidings.event_order where pos <= ${upTo}`);
    await prune(1_000);
    await expect(live(room, { after: 999 }).next()).rejects.toMatchObject({ code: "POSITION_PRUNED" });
    expect(await take(live(room, { after: 1_000 }), 1)).toEqual([1_001]);
    await expect(take(slow, 1_499)).rejects.toMatchObject({ code: "POSITION_PRUNED" });
    await prune(1_500);
    await expect(live(room, { after: 1_499 }).next()).rejects.toMatchObject({ code: "POSITION_PRUNED" });
  });

  test("a NOTIFY that anybody may send neither stops nor skips anything", async () => {
    const stream = await begun({});
    for (const nonsense of [Number.NaN, 1_000_000, -5, Number.POSITIVE_INFINITY]) tail.advance(nonsense);
    const last = await record(3);
    // The last hint may have been the infinite one: then the next look finds it.
    tail.loop.wake();
    expect(await take(stream, 3)).toEqual(range(2, last));
    await stream.return(undefined);
  });

  test("a follower that throws takes nothing from the others, and the signals tell", async () => {
    const told: unknown[] = [];
    signals.on("tail.failed", ({ error }) => told.push(error));
    const mistake = new Error("a follower's own");
    const throwing = await tail.follow(() => {
      throw mistake;
    });
    const stream = await begun({});
    const last = await record(3);
    expect(await take(stream, 3)).toEqual(range(2, last));
    expect(told).toContain(mistake);
    throwing.stop();
    await stream.return(undefined);
  });

  test("a failing database at the beginning fails that stream, not the next one", async () => {
    let fails = true;
    const db: Database = {
      ...database.db,
      query: (sql, parameters) =>
        fails ? Promise.reject(new Error("no database")) : database.db.query(sql, parameters),
    };
    const failing = createTail(db, createSignals(), 3_600_000);
    const its = { ...room, channels: createChannels(failing, tidings.registry) };
    await expect(live(its, { after: 0 }).next()).rejects.toThrow("no database");
    expect(failing.followers()).toBe(0);
    fails = false;
    await record(1);
    const stream = live(its, { after: 0 });
    expect(await take(stream, 1)).toEqual([1]);
    await stream.return(undefined);
    await failing.loop.stop();
  });
});
