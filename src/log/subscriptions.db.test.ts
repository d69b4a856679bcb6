import { afterEach, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { insertRawEvent } from "../../test/support/rawEvents.ts";

const card = defineEntity("card");
const cardMoved = defineEvent("card.moved", { subject: card });
const cardClosed = defineEvent("card.closed", { subject: card });
const actor = { type: "user", id: "ann", label: null };

describeOnDatabases("subscriptions", (open, { name }) => {
  let database: TestDatabase | undefined;
  let tidings: Tidings | undefined;
  afterEach(async () => {
    await tidings?.stop();
    await database?.drop();
    database = tidings = undefined;
  });
  const setUp = async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events: { cardMoved, cardClosed }, account: "acme" });
    return tidings;
  };

  test("handle what was recorded and what they record themselves, once, and remember how far they are", async () => {
    const log = await setUp();
    const seen: string[] = [];
    log.subscribe("closer", {
      from: "start",
      run: async (events, { tx }) => {
        for (const event of events) {
          seen.push(event.type);
          if (event.type === "card.moved")
            await log.record(tx, cardClosed({ subject: event.subject as never }));
        }
      },
    });
    await log.record(cardMoved({ actor, subject: card(1) }));
    expect(await log.work()).toEqual({ caughtUp: true, position: 2 });
    expect(seen).toEqual(["card.moved", "card.closed"]);
    expect(await log.subscriptions.list()).toMatchObject([
      { name: "closer", position: 2, behind: 0, state: "idle" },
    ]);
  });

  test("park, try again and remove", async () => {
    const log = await setUp();
    let healed = false;
    log.subscribe("fragile", {
      from: "start",
      maxAttempts: 1,
      run: () => {
        if (!healed) throw new Error("fragile\0 thing");
      },
    });
    await log.record(cardMoved({ actor, subject: card(1) }), cardMoved({ actor, subject: card(2) }));
    await log.work();
    expect(await log.subscriptions.parked("fragile")).toMatchObject([
      { position: 1, error: expect.stringContaining("fragile thing") },
      { position: 2 },
    ]);
    healed = true;
    expect(await log.subscriptions.retry("fragile", [2])).toBe(1);
    await log.work();
    expect(await log.subscriptions.parked("fragile")).toMatchObject([{ position: 1 }]);
  });

  test("run beside live streams and recording requests", async () => {
    const log = await setUp();
    const handled: number[] = [];
    log.subscribe("numbers", {
      from: "start",
      batch: 4,
      run: (events) => void handled.push(...events.map((e) => e.position)),
    });
    await log.start();
    const stream = log.live({ after: 0 });
    const streamed: number[] = [];
    const reading = (async () => {
      while (streamed.length < 20) streamed.push((await stream.next()).value!.position);
    })();
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => log.record(cardMoved({ actor, subject: card(n) }))),
    );
    await reading;
    await expect.poll(() => handled.length, { timeout: 10_000 }).toBe(20);
    const expected = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(streamed).toEqual(expected);
    expect(handled).toEqual(expected);
  });

  test("pass over events whose partition retention has dropped", async () => {
    const log = await setUp();
    const seen: number[] = [];
    log.subscribe("rest", {
      from: "start",
      run: (events) => void seen.push(...events.map((e) => e.position)),
    });
    await insertRawEvent(database!.db);
    await log.work();
    // Its order row alone is left.
    await database!.db.query(
      `insert into tidings.event_order values (2, 'acme', 'domain', '01900000-0000-7000-8000-000000000000')`,
    );
    await database!.db.query("update tidings.sequencer set last_position = 2");
    await insertRawEvent(database!.db);
    expect(await log.work()).toEqual({ caughtUp: true, position: 3 });
    expect(seen).toEqual([1, 3]);
  });

  if (name === "pglite") {
    test("a handler that forgets tx is told so instead of hanging", async () => {
      const log = await setUp();
      log.subscribe("forgetful", {
        from: "start",
        maxAttempts: 1,
        run: async () => void (await log.record(cardClosed({ subject: card(1) }))),
      });
      await log.record(cardMoved({ actor, subject: card(1) }));
      await log.work();
      const [parked] = await log.subscriptions.parked("forgetful");
      expect(parked!.error).toContain("PGlite has one connection");
    });
  }
});
