import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, board, cardMoved, events, syncFailed } from "../../test/support/boardEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements, type WatchedDatabase } from "../../test/support/watchStatements.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { RecordedEvent } from "./recordedEvent.ts";

let database: PostgresTestDatabase;
let watched: WatchedDatabase<unknown>;
let tidings: Tidings;
beforeAll(async () => {
  database = await createTestDatabase();
  watched = watchStatements(database.db);
  tidings = createTidings({ db: watched.db, events, account: "acme" });
});
afterAll(() => database.drop());

const move = () => ({ ...aMove(), actor: ann });
const UNKNOWN = "018f0000-0000-7000-8000-000000000001";

test("an event names its cause, whether given as an event, a reference or an id", async () => {
  const [cause] = await tidings.record({ ...syncFailed({ subject: board(1) }), actor: ann });
  const { lane, id } = cause;
  const effects = await tidings.record(
    { ...move(), causedBy: cause },
    { ...move(), causedBy: { lane, id } },
    { ...move(), causedBy: id },
  );
  for (const effect of effects) {
    expect(effect).toMatchObject({ causedBy: { lane: "system", id }, causeDepth: 1 });
    expect(await tidings.events.get(effect.id)).toEqual(effect);
  }
});

test("an event in hand costs no query, and one id costs one, however many events it caused", async () => {
  const [cause] = await tidings.record(move());
  watched.statements.length = 0;
  await tidings.record({ ...move(), causedBy: cause });
  expect(watched.statements).toHaveLength(2); // begin, and the record statement
  watched.statements.length = 0;
  await tidings.record(...Array.from({ length: 20 }, () => ({ ...move(), causedBy: cause.id })));
  expect(watched.statements).toHaveLength(3);
});

test("a chain of 33 events can be told, one more is refused", async () => {
  let last: RecordedEvent = (await tidings.record(move()))[0];
  for (let depth = 1; depth <= 32; depth++) {
    [last] = await tidings.record({ ...move(), causedBy: last.id });
    expect(last.causeDepth).toBe(depth);
  }
  for (const causedBy of [last, last.id]) {
    await expect(tidings.record(move(), { ...move(), causedBy })).rejects.toMatchObject({
      code: "CAUSE_CHAIN_TOO_LONG",
      index: 1,
      path: ["causedBy"],
    });
  }
});

test("an unknown cause is refused, and nothing of the call recorded", async () => {
  const before = await tidings.events.count(cardMoved);
  const recording = tidings.record(move(), { ...move(), causedBy: UNKNOWN });
  await expect(recording).rejects.toMatchObject({ code: "CAUSE_NOT_FOUND", index: 1 });
  expect(await tidings.events.count(cardMoved)).toBe(before);
});

test("an event of another account is no cause, however it is named", async () => {
  const [foreign] = await tidings.record({ ...move(), account: "other" });
  const { lane, id } = foreign;
  for (const causedBy of [foreign, { lane, id }, id]) {
    await expect(tidings.record({ ...move(), causedBy })).rejects.toMatchObject({ code: "CAUSE_NOT_FOUND" });
  }
});

test("inside a handler the event handled is the cause, unless the draft says otherwise", async () => {
  const [cause] = await tidings.record(move());
  const handled = <Result>(work: () => Result) =>
    tidings.run({ account: "acme", actor: ann, causedBy: cause }, work);
  const [implied, none, elsewhere] = await handled(() =>
    tidings.record(aMove(), { ...aMove(), causedBy: null }, { ...aMove(), account: "other" }),
  );
  expect(implied.causedBy).toEqual({ lane: "domain", id: cause.id });
  expect(none.causedBy).toBeNull();
  expect(elsewhere.causedBy).toBeNull();
});
