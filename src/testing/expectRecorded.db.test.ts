import { AssertionError } from "node:assert";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import {
  aMove,
  ann,
  ben,
  board,
  card,
  cardAdded,
  cardMoved,
  column,
  commentAdded,
  events,
  syncFailed,
  user,
} from "../../test/support/boardEvents.ts";
import { createTestTidings, type TestTidings } from "./createTestTidings.ts";
import { expectNothingRecorded, expectRecorded } from "./expectRecorded.ts";

let tidings: TestTidings;
let account = "";
let count = 0;
beforeAll(async () => {
  tidings = await createTestTidings({ events, actor: ann, cacheDirectory: inject("sharedDirectory") });
}, 120_000);
afterAll(() => tidings.close());
beforeEach(() => {
  account = `account-${++count}`;
});

const record = (...drafts: Parameters<TestTidings["recordEach"]>[0]) =>
  tidings.run({ account }, () => tidings.record(...drafts));

async function failureOf(expectation: Promise<unknown>): Promise<string> {
  const error: unknown = await expectation.then(
    () => expect.fail("it passed"),
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(AssertionError);
  return (error as Error).message;
}

test("it gives the events that match, oldest first", async () => {
  await record(aMove(1, 1), aMove(2, 2), aMove(1, 3));
  const found = await expectRecorded(tidings, cardMoved, { account, subject: card(1), times: 2 });
  expect(found.map(({ data }) => data.position)).toEqual([1, 3]);
});

test("every part can be asked for, and only what is asked for counts", async () => {
  await record({
    ...aMove(),
    data: { position: 4, note: "urgent" },
    onBehalfOf: ben,
    metadata: { requestId: "r1", source: "api" },
    severity: "warning",
    occurredAt: new Date(0),
  });
  await expectRecorded(tidings, cardMoved, { account });
  await expectRecorded(tidings, cardMoved, {
    account,
    subject: card,
    actor: user("ann"),
    onBehalfOf: user,
    refs: { from: column("todo"), to: column, board: null },
    data: { position: 4 },
    metadata: { requestId: "r1" },
    severity: "warning",
    occurredAt: new Date(0),
    times: 1,
  });
  await expectRecorded(tidings, cardMoved, { account, subject: card(1, "Card 1") });
});

test.each([
  ["subject", { subject: card(2) }],
  ["subject", { subject: card(1, "Another title") }],
  ["actor", { actor: board }],
  ["onBehalfOf", { onBehalfOf: ann }],
  ["refs.to", { refs: { to: column("todo") } }],
  ["refs.board", { refs: { board } }],
  ["data.position", { data: { position: 2 } }],
  ["data.note", { data: { note: "x" } }],
  ["metadata.requestId", { metadata: { requestId: "r2" } }],
  ["severity", { severity: "error" }],
  ["occurredAt", { occurredAt: new Date(1) }],
] as const)("another %s does not match", async (path, expected) => {
  await record(aMove());
  const message = await failureOf(expectRecorded(tidings, cardMoved, { account, ...expected }));
  expect(message).toContain(`${path}: expected`);
});

test("lists must be the same, in the same order", async () => {
  await record(commentAdded({ subject: card(1), refs: { mentioned: [ann, ben] }, data: { text: "hi" } }));
  await expectRecorded(tidings, commentAdded, { account, refs: { mentioned: [user("ann"), user] } });
  const message = await failureOf(
    expectRecorded(tidings, commentAdded, { account, refs: { mentioned: [user("ben"), user("ann")] } }),
  );
  expect(message).toContain(
    'refs.mentioned: expected [user:ben, user:ann], was [user:ann "Ann", user:ben "Ben"]',
  );
});

test("a failure shows each event of the type with what is different", async () => {
  await record(aMove(1, 1), aMove(2, 2));
  const message = await failureOf(
    expectRecorded(tidings, cardMoved, { account, subject: card(2), data: { position: 9 } }),
  );
  expect(message).toBe(
    [
      'Expected at least one card.moved with subject card:2, data {"position":9}.',
      "None of the 2 recorded is like that:",
      '  - card.moved of card:2 "Card 2" by user:ann "Ann", data {"position":2}',
      "      data.position: expected 9, was 2",
      '  - card.moved of card:1 "Card 1" by user:ann "Ann", data {"position":1}',
      '      subject: expected card:2, was card:1 "Card 1"',
      "      data.position: expected 9, was 1",
    ].join("\n"),
  );
});

test("a failure shows what was recorded instead, in any lane", async () => {
  await record(syncFailed({ subject: board(1) }));
  const message = await failureOf(expectRecorded(tidings, cardMoved, { account }));
  expect(message).toContain(
    "Expected at least one card.moved.\nRecorded instead:\n  - sync.failed of board:1",
  );
});

test("a wrong number of times is a failure, also none expected", async () => {
  expect(await failureOf(expectRecorded(tidings, cardMoved, { account }))).toContain("Nothing was recorded.");
  await record(aMove());
  const message = await failureOf(expectRecorded(tidings, cardMoved, { account, times: 2 }));
  expect(message).toContain("Expected 2 card.moved.\n1 were recorded:");
  await failureOf(expectRecorded(tidings, cardMoved, { account, times: 0 }));
});

test("only the account that was asked for counts", async () => {
  await record(aMove());
  await failureOf(expectRecorded(tidings, cardMoved, { account: "another" }));
  await tidings.run({ account }, () => expectRecorded(tidings, cardMoved));
  await expect(expectRecorded(tidings, cardMoved)).rejects.toMatchObject({ code: "ACCOUNT_MISSING" });
});

test("inside a transaction it sees what will be rolled back", async () => {
  await tidings.pglite
    .transaction(async (tx) => {
      await tidings.run({ account }, () => tidings.record(tx, aMove()));
      await expectRecorded(tidings, cardMoved, { tx, account, times: 1 });
      await failureOf(expectNothingRecorded(tidings, { tx, account }));
      throw new Error("roll back");
    })
    .catch(() => undefined);
  await expectNothingRecorded(tidings, { account });
});

test("nothing recorded means nothing in any lane, of one type, or about one entity", async () => {
  await expectNothingRecorded(tidings, { account });
  await record(syncFailed({ subject: board(1) }));
  await expectNothingRecorded(tidings, cardAdded, { account });
  await expectNothingRecorded(tidings, { account, of: board(2) });
  expect(await failureOf(expectNothingRecorded(tidings, { account, of: board(1) }))).toMatch(
    /^Expected nothing to be recorded, but found 1:\n {2}- sync.failed of board:1/,
  );
  expect(await failureOf(expectNothingRecorded(tidings, syncFailed, { account }))).toContain(
    "no sync.failed",
  );
});
