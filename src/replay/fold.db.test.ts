import { afterEach, beforeEach, expect, test } from "vitest";
import {
  aMove,
  ann,
  board,
  card,
  cardAdded,
  cardMoved,
  commentAdded,
  events,
} from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import type { RecordedOf, StateReducer } from "../events/stateReducer.ts";
import { createTidings, type Tidings } from "../tidings.ts";

interface CardState {
  board: string | null;
  places: number[];
}

let steps = 0;
const cardState: StateReducer<CardState> = {
  initial: { board: null, places: [] },
  on: {
    "card.added": (state, { refs }: RecordedOf<typeof cardAdded>) => ({ ...state, board: refs.board.id }),
    "card.moved": (state, { data }: RecordedOf<typeof cardMoved>) => {
      steps++;
      state.places.push(data.position);
      return state;
    },
  },
};

describeOnDatabases("fold", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeEach(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events, account: "acme" });
    steps = 0;
  });
  afterEach(async () => {
    await tidings.stop();
    await database.drop();
  });
  const move = (place: number, id = 1, account = "acme") =>
    tidings.record({ ...aMove(id, place), actor: ann, account });
  const snapshots = { name: "state", every: 2 };
  const kept = () =>
    database.db.query<{ events: number; version: number }>(
      "select events::int, version from tidings.snapshots order by version",
    );

  test("makes the state of one entity from the events whose subject it is, of its account", async () => {
    await tidings.record(cardAdded({ subject: card(1), refs: { board: board("b") }, actor: ann }));
    await move(3);
    await move(9, 2);
    await move(9, 1, "globex");
    await tidings.record(
      commentAdded({ subject: card(1), refs: { mentioned: [] }, data: { text: "Hm" }, actor: ann }),
    );
    await move(5);
    const expected = { board: "b", places: [3, 5] };
    expect(await tidings.fold(card(1), cardState)).toEqual(expected);
    expect(await tidings.fold("card:1", cardState), "the initial state was copied").toEqual(expected);
    expect(await tidings.fold("card:404", cardState)).toEqual({ board: null, places: [] });
  });

  test("passes over a type whose step is undefined", async () => {
    await tidings.record(cardAdded({ subject: card(1), refs: { board: board("b") }, actor: ann }));
    await move(3);
    const on = { ...cardState.on, "card.added": undefined };
    const folded = await tidings.fold(card(1), { ...cardState, on });
    expect(folded).toEqual({ board: null, places: [3] });
    const none = tidings.fold(card(1), { initial: 0, on: { "card.moved": undefined } });
    await expect(none).rejects.toMatchObject({ code: "INVALID_OPTION", path: ["on"] });
  });

  test("ends at a position, at an event and at a time", async () => {
    const recorded = [];
    for (const place of [1, 2, 3, 4]) recorded.push((await move(place))[0]);
    await tidings.work();
    const until = async (moment: { position: number } | { eventId: string } | { time: Date }) =>
      (await tidings.fold(card(1), cardState, { until: moment })).places;
    expect(await until({ position: 3 })).toEqual([1, 2, 3]);
    expect(await until({ eventId: recorded[1]!.id })).toEqual([1, 2]);
    expect(await until({ time: new Date(Date.now() + 1_000) })).toEqual([1, 2, 3, 4]);
    expect(await until({ time: new Date(0) })).toEqual([]);
    await expect(until({ eventId: uuid7At(1) })).rejects.toMatchObject({ code: "EVENT_NOT_FOUND" });
  });

  test("reads older versions in their present form, and stops at what this process does not know", async () => {
    await insertRawEvent(database.db, { type: "card_moved", data: { index: 7 } });
    await database.db.query(
      "insert into tidings.timeline (account_id, entity, lane, event_id, type) select account_id, 'card:1', lane, id, type from tidings.events",
    );
    expect((await tidings.fold(card(1), cardState)).places).toEqual([7]);
    const id = await insertRawEvent(database.db, { version: 99 });
    await database.db.query(
      "insert into tidings.timeline (account_id, entity, lane, event_id, type) values ('acme', 'card:1', 'domain', $1, 'card.moved')",
      [id],
    );
    await expect(tidings.fold(card(1), cardState)).rejects.toMatchObject({ code: "WRONG_VERSION" });
  });

  test("follows the order of writing over more than a page, also where the clock was set back", async () => {
    const drafts = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => ({ ...aMove(1, from + n), actor: ann }));
    await tidings.record(...drafts(0, 1_000));
    await tidings.record(...drafts(1_000, 1_200));
    const expected = Array.from({ length: 1_200 }, (_, n) => n);
    expect((await tidings.fold(card(1), cardState)).places).toEqual(expected);
    // By its id the oldest, by its seq the latest.
    const id = await insertRawEvent(database.db, {
      id: uuid7At(Date.now() - 60_000),
      version: 3,
      data: { position: -1 },
    });
    await database.db.query(
      "insert into tidings.timeline (account_id, entity, lane, event_id, type) values ('acme', 'card:1', 'domain', $1, 'card.moved')",
      [id],
    );
    expect((await tidings.fold(card(1), cardState)).places).toEqual([...expected, -1]);
  });

  test("goes on from a snapshot, which is of one version of the reducer", async () => {
    for (const place of [1, 2, 3]) await move(place);
    const places = async (version = 1) =>
      (await tidings.fold(card(1), cardState, { snapshots: { ...snapshots, version } })).places;
    expect(await places()).toEqual([1, 2, 3]);
    expect(await kept()).toEqual([{ events: 3, version: 1 }]);
    await move(4);
    steps = 0;
    expect(await places()).toEqual([1, 2, 3, 4]);
    expect(steps).toBe(1);
    expect(await places(2)).toEqual([1, 2, 3, 4]);
    expect(steps).toBe(5);
    expect(await kept()).toEqual([
      { events: 3, version: 1 },
      { events: 4, version: 2 },
    ]);
  });

  test("does not use a snapshot of what came later than the moment asked for", async () => {
    const recorded = [];
    for (const place of [1, 2, 3]) recorded.push((await move(place))[0]);
    await tidings.fold(card(1), cardState, { snapshots });
    for (const until of [{ eventId: recorded[1]!.id }, { time: recorded[0]!.occurredAt }]) {
      const folded = await tidings.fold(card(1), cardState, { snapshots, until });
      expect(folded).toEqual(await tidings.fold(card(1), cardState, { until }));
    }
  });

  test("notices an event that was written before a snapshot and committed after it", async () => {
    for (const place of [1, 2]) await move(place);
    await tidings.fold(card(1), cardState, { snapshots });
    const late = await insertRawEvent(database.db, {
      id: uuid7At(Date.now() - 60_000),
      version: 3,
      data: { position: 8 },
    });
    await database.db.query(
      "insert into tidings.timeline (account_id, entity, lane, event_id, type) values ('acme', 'card:1', 'domain', $1, 'card.moved')",
      [late],
    );
    expect((await tidings.fold(card(1), cardState, { snapshots })).places).toEqual([1, 2, 8]);
  });

  test("goes on from a state that is null", async () => {
    for (const place of [1, 2]) await move(place);
    const toggle: StateReducer<"on" | null> = {
      initial: "on",
      on: { "card.moved": (state) => (state === null ? "on" : null) },
    };
    const folded = () => tidings.fold(card(1), toggle, { snapshots });
    expect(await folded()).toBe("on");
    await move(3);
    expect(await tidings.fold(card(1), toggle, { snapshots: { ...snapshots, every: 1 } })).toBeNull();
    await move(4);
    expect(await folded()).toBe("on");
  });

  test("is made of what a viewer may see, and of nothing else that is kept", async () => {
    await move(1);
    const [secret] = await tidings.record({ ...aMove(1, 2), actor: ann, audience: ["admins"] });
    await move(3);
    const seenBy = async (audiences: string[], until?: { eventId: string }) =>
      (await tidings.fold(card(1), cardState, { viewer: { ...ann, audiences }, until })).places;
    expect(await seenBy(["admins"])).toEqual([1, 2, 3]);
    expect(await seenBy([])).toEqual([1, 3]);
    expect(await seenBy(["admins"], { eventId: secret.id })).toEqual([1, 2]);
    await expect(seenBy([], { eventId: secret.id })).rejects.toMatchObject({ code: "EVENT_NOT_FOUND" });
    const cached = tidings.fold(card(1), cardState, { viewer: ann, snapshots });
    await expect(cached).rejects.toMatchObject({ code: "INVALID_OPTION", path: ["snapshots"] });
  });

  test("keeps no state that would not come back as it is", async () => {
    for (const place of [1, 2]) await move(place);
    const dates: StateReducer<Date | null> = {
      initial: null,
      on: { "card.moved": (_, { occurredAt }) => occurredAt },
    };
    expect(await tidings.fold(card(1), dates)).toBeInstanceOf(Date);
    await expect(tidings.fold(card(1), dates, { snapshots })).rejects.toMatchObject({
      code: "UNSERIALIZABLE",
    });
  });
});
