import { afterAll, beforeAll, expect, test } from "vitest";
import {
  aMove,
  ann,
  board,
  card,
  cardAdded,
  cardMoved,
  events,
  noteTaken,
  page,
  pageViewed,
  syncFailed,
} from "../../test/support/boardEvents.ts";
import { administer } from "../../test/support/databaseServers.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements, type WatchedDatabase } from "../../test/support/watchStatements.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { RecordedEvent } from "./recordedEvent.ts";

let database: PostgresTestDatabase;
let watched: WatchedDatabase<unknown>;
let tidings: Tidings;
let recorded: RecordedEvent[];
beforeAll(async () => {
  database = await createTestDatabase();
  watched = watchStatements(database.db);
  tidings = createTidings({ db: watched.db, events, account: "acme" });
  recorded = await tidings.run({ actor: ann }, () =>
    tidings.record(
      cardAdded({ subject: card(1), refs: { board: board(1) } }),
      aMove(1, 1),
      aMove(1, 2),
      aMove(2, 3),
      pageViewed({ subject: page("home") }),
      syncFailed({ subject: board(1) }),
      { ...aMove(1, 9), account: "other" },
    ),
  );
});
afterAll(() => database.drop());

test("list gives the events of a definition, newest first, whatever their lane", async () => {
  const moves = await tidings.events.list(cardMoved);
  expect(moves.items.map(({ data }) => data.position)).toEqual([3, 2, 1]);
  expect(moves).toMatchObject({ older: null, newer: moves.items[0]!.id });
  expect((await tidings.events.list(pageViewed)).items).toHaveLength(1);
  expect((await tidings.events.list(pageViewed, { lanes: undefined })).items).toHaveLength(1);
  expect((await tidings.events.list(cardMoved, { of: card(1) })).items).toHaveLength(2);
});

test("list without a definition gives the domain lane, or the lanes asked for", async () => {
  expect((await tidings.events.list()).items).toHaveLength(4);
  expect((await tidings.events.list({ lanes: ["client", "system"] })).items).toHaveLength(2);
});

test("a page of 200 is one statement", async () => {
  const drafts = Array.from({ length: 200 }, () => ({ ...aMove(), account: "full", actor: ann }));
  await tidings.record(...drafts);
  watched.statements.length = 0;
  expect((await tidings.events.list({ account: "full", limit: 200 })).items).toHaveLength(200);
  expect(watched.statements).toHaveLength(1);
});

test("count counts what list would give", async () => {
  expect(await tidings.events.count(cardMoved)).toBe(3);
  expect(await tidings.events.count(pageViewed)).toBe(1);
  expect(await tidings.events.count(cardMoved, { of: [card(1), card(2), ann] })).toBe(3);
  expect(await tidings.events.count()).toBe(4);
  expect(await tidings.events.count({ types: ["card.moved"], categories: ["page"] })).toBe(0);
});

test("types that no definition has are an empty page, not an error", async () => {
  for (const filter of [{ types: ["nothing.*"] }, { types: ["card.moved"], categories: ["page"] }]) {
    expect(await tidings.events.list(filter)).toEqual({ items: [], older: null, newer: null });
    expect(await tidings.feed(filter)).toMatchObject({ items: [] });
    expect(await tidings.events.count(filter)).toBe(0);
  }
});

test("get gives one event by its id, in whichever lane", async () => {
  for (const event of recorded.slice(0, 6)) expect(await tidings.events.get(event.id)).toEqual(event);
});

test("get never tells whether another account has an event", async () => {
  const foreign = recorded[6]!;
  for (const id of [foreign.id, "018f0000-0000-7000-8000-000000000001", "no id", "x".repeat(10_000)]) {
    await expect(tidings.events.get(id)).rejects.toMatchObject({ code: "EVENT_NOT_FOUND", status: 404 });
  }
  expect(await tidings.events.get(foreign.id, { account: "other" })).toEqual(foreign);
});

test("latest passes over what retention took of a lane: it is on the timeline still, and the event is gone", async () => {
  const given = { account: "pruned", actor: ann };
  const [move] = await tidings.record({ ...aMove(7), ...given });
  await tidings.record(...Array.from({ length: 60 }, () => ({ ...aMove(7), ...given })));
  await administer(database.adminUrl, (admin) =>
    admin.query(`delete from tidings.events where account_id = 'pruned' and id > '${move.id}'`),
  );
  expect((await tidings.events.latest(card(7), { account: "pruned" }))?.id).toBe(move.id);
});

test("latest gives the newest event about an entity, of a type if asked", async () => {
  const move = await tidings.events.latest(card(1), cardMoved);
  expect(move?.data.position).toBe(2);
  expect((await tidings.events.latest(card(1), cardAdded))?.id).toBe(recorded[0]!.id);
  expect((await tidings.events.latest("user:ann"))?.type).toBe("sync.failed");
  expect((await tidings.events.latest(page("home")))?.lane).toBe("client");
  expect(await tidings.events.latest(card(3))).toBeNull();
  expect(await tidings.events.latest(card(1), noteTaken)).toBeNull();
  expect((await tidings.events.latest(card(1), cardMoved, { account: "other" }))?.data.position).toBe(9);
});

test("reads take the account of the context", async () => {
  const inOther = <Result>(work: () => Result) => tidings.run({ account: "other" }, work);
  expect(await inOther(() => tidings.events.count(cardMoved))).toBe(1);
  expect((await inOther(() => tidings.events.list())).items).toEqual([recorded[6]]);
});

test("events stored under an older name and version are found and read as the present type", async () => {
  await database.db.query(
    `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id, actor_type,
       actor_id, occurred_at, refs, data, metadata)
     values ('old', 'domain', '018f0000-0000-7000-8000-000000000001', 'card_moved', 1, 'info', 'card', '1', 'user',
       'ann', now(), '{"from":{"type":"column","id":"a","label":null},"to":{"type":"column","id":"b","label":null}}',
       '{"index":7}', '{}')`,
  );
  const { items } = await tidings.events.list(cardMoved, { account: "old" });
  expect(items).toMatchObject([
    { type: "card.moved", version: 3, data: { position: 7 }, refs: { board: null } },
  ]);
});
