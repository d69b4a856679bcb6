import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, events } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { createSignals } from "../signals.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { examineSequencer } from "./doctor/sequencer.ts";
import { createSequencer } from "./sequencer.ts";
import { keptPositions, lastPosition } from "./readPositions.ts";
import { sequencerLag } from "./sequencerLag.ts";

describeOnDatabases("a log whose sequencer has no row", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events, account: "acme" });
    await database.db.query("delete from tidings.sequencer");
  });
  afterAll(() => database.drop());

  const tick = () => createSequencer(database.db, createSignals(), () => undefined).tick();
  test.each<[string, () => Promise<unknown>]>([
    ["a feed", () => tidings.feed()],
    ["a feed of one type", () => tidings.feed({ types: ["card.moved"] })],
    ["a timeline", () => tidings.timeline("card:1")],
    ["events", () => tidings.events.list({ subjects: ["card:1"] })],
    ["the states of projections", () => tidings.projections.list()],
    ["a tick", tick],
    ["the end of the log", () => lastPosition(database.db)],
    ["what is kept", () => keptPositions(database.db)],
    ["the lag", () => sequencerLag(database.db)],
  ])("says so to who asks for %s", async (_what, ask) => {
    await expect(ask()).rejects.toMatchObject({ code: "SEQUENCER_MISSING" });
  });

  test("doctor's fix makes it anew: what is recorded meanwhile gets its position, and nothing gets two", async () => {
    const { db } = database;
    const move = () => tidings.record({ ...aMove(), actor: ann });
    const order = () =>
      db.query<{ id: string }>("select event_id::text as id from tidings.event_order order by pos");
    const before = [...(await move()), ...(await move())];
    await db.query(
      "insert into tidings.event_order select row_number() over (order by id), account_id, lane, id from tidings.events",
    );
    const meanwhile = await move();
    const [found] = await examineSequencer(db);
    expect(found).toMatchObject({ status: "bad", summary: "The sequencer's row is missing" });
    await db.query(found!.fix!);
    expect(await tick()).toMatchObject({ outcome: "repaired", assigned: 1, lastPosition: 3 });
    const after = await move();
    expect(await tick()).toMatchObject({ outcome: "ticked", assigned: 1 });
    expect(await order()).toEqual([...before, ...meanwhile, ...after].map(({ id }) => ({ id })));
  });
});

describeOnDatabases("a log whose data was restored into migrated tables", (open) => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await open()));
  afterAll(() => database.drop());

  test("doctor's fix lets positions go on behind those that are taken, and what had none gets one", async () => {
    const { db } = database;
    const tidings = createTidings({ db, events, account: "acme" });
    const tick = () => createSequencer(db, createSignals(), () => undefined).tick();
    const move = () => tidings.record({ ...aMove(), actor: ann });
    const restored = [...(await move()), ...(await move())];
    await db.query(
      "insert into tidings.event_order select row_number() over (order by id), account_id, lane, id from tidings.events",
    );
    const meanwhile = await move();
    await expect(tick()).rejects.toMatchObject({ code: "23505" });
    const [found] = await examineSequencer(db);
    expect(found).toMatchObject({
      status: "bad",
      summary: expect.stringMatching(
        /^Positions up to 2 are taken, and the sequencer's row goes on from 0 .* every tick fails$/,
      ),
    });
    await db.query(found!.fix!);
    expect(await tick()).toMatchObject({ outcome: "repaired", assigned: 1, lastPosition: 3 });
    const after = await move();
    expect(await tick()).toMatchObject({ outcome: "ticked", assigned: 1, lastPosition: 4 });
    const order = await db.query<{ id: string }>(
      "select event_id::text as id from tidings.event_order order by pos",
    );
    expect(order).toEqual([...restored, ...meanwhile, ...after].map(({ id }) => ({ id })));
    expect(await examineSequencer(db)).toMatchObject([{ status: "fine" }]);
  });
});
