import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { aMove, ann, cardMoved, events, page, pageViewed } from "../../test/support/boardEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements } from "../../test/support/watchStatements.ts";
import { createTestTidings, type TestTidings } from "../testing/createTestTidings.ts";
import { createTidings, type Tidings } from "../tidings.ts";

let database: PostgresTestDatabase;
let onPglite: TestTidings;
beforeAll(async () => {
  database = await createTestDatabase();
  onPglite = await createTestTidings({
    events,
    account: "acme",
    actor: ann,
    cacheDirectory: inject("sharedDirectory"),
  });
}, 120_000);
afterAll(async () => {
  await database.drop();
  await onPglite.close();
});

const viewed = (id: number) => pageViewed({ subject: page(id) });

test("1,200 tracked events are three statements, and none before the flush", async () => {
  const watched = watchStatements(database.db);
  const tidings = createTidings({ db: watched.db, events, account: "batches", track: { flushMs: 600_000 } });
  tidings.run({ actor: ann }, () => {
    for (let event = 0; event < 400; event++) tidings.track(viewed(event));
  });
  expect(watched.statements).toEqual([]);
  tidings.run({ actor: ann }, () => {
    for (let event = 400; event < 1_200; event++) tidings.track(viewed(event));
  });
  await tidings.flush();
  expect(watched.statements.filter((sql) => sql !== "begin")).toHaveLength(3);
  expect(await tidings.events.count(pageViewed)).toBe(1_200);
  expect(tidings.trackStats()).toEqual({ buffered: 0, written: 1_200, dropped: 0 });
});

test("the context of the call is kept, whatever it is when the event is written", async () => {
  const tidings = createTidings({ db: database.db, events });
  tidings.run({ account: "kept", actor: ann, metadata: { requestId: "r1" } }, () => tidings.track(viewed(1)));
  await tidings.run({ account: "another" }, () => tidings.flush());
  expect((await tidings.events.list(pageViewed, { account: "kept" })).items).toMatchObject([
    { actor: ann, metadata: { requestId: "r1" } },
  ]);
});

test("stop writes what was tracked", async () => {
  const tidings = createTidings({ db: database.db, events, account: "stopped", track: { flushMs: 600_000 } });
  await tidings.start({ worker: false });
  tidings.run({ actor: ann }, () => tidings.track(viewed(1)));
  await tidings.stop();
  expect(await tidings.events.count(pageViewed)).toBe(1);
});

describe("in the handler of a subscription", () => {
  const handled = async (account: string, run: (tidings: Tidings) => Promise<void> | void) => {
    const tidings = createTidings({ db: database.db, events, account, track: { flushMs: 600_000 } });
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    tidings.subscribe(account, {
      types: [cardMoved],
      run: async (moves) => {
        if (moves[0]!.account !== account) return;
        begin();
        await tidings.run({ actor: ann }, () => run(tidings));
      },
    });
    await tidings.start();
    await tidings.run({ actor: ann }, () => tidings.record(aMove(1)));
    await begun;
    return tidings;
  };

  test("what is tracked while the process stops is written before it has stopped", async () => {
    let goOn = () => {};
    const waits = new Promise<void>((resolve) => (goOn = resolve));
    const tidings = await handled("stopping", async (app) => {
      app.track(viewed(1));
      await waits;
    });
    const stopped = tidings.stop();
    goOn();
    await stopped;
    expect(tidings.trackStats()).toEqual({ buffered: 0, written: 1, dropped: 0 });
    expect(await tidings.events.count(pageViewed)).toBe(1);
  });

  test("as much is held as the buffer holds; the rest, and what is no event, is counted and not thrown", async () => {
    const tidings = await handled("held", (app) => {
      app.track(undefined as never);
      for (let event = 0; event < 10_005; event++) app.track(viewed(event));
    });
    await tidings.stop();
    const { written, dropped } = tidings.trackStats();
    expect([written, dropped]).toEqual([10_000, 6]);
    expect(await tidings.events.count(pageViewed)).toBe(10_000);
  });
});

test("a full batch tracked inside a PGlite transaction waits for it, and is not lost", async () => {
  const before = await onPglite.events.count(pageViewed);
  await onPglite.pglite.transaction(async (tx) => {
    for (let event = 0; event < 500; event++) onPglite.track(viewed(event));
    await tx.query("select 1");
  });
  await onPglite.flush();
  expect(onPglite.trackStats()).toMatchObject({ buffered: 0, dropped: 0 });
  expect(await onPglite.events.count(pageViewed)).toBe(before + 500);
});

test("flush inside a PGlite transaction throws instead of waiting for ever, and loses nothing", async () => {
  const { written } = onPglite.trackStats();
  await onPglite.pglite.transaction(async () => {
    onPglite.track(viewed(1));
    await expect(onPglite.flush()).rejects.toMatchObject({ code: "INSIDE_TRANSACTION" });
  });
  await onPglite.flush();
  expect(onPglite.trackStats()).toEqual({ buffered: 0, written: written + 1, dropped: 0 });
});
