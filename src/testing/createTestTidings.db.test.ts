import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  aMove,
  ann,
  ben,
  card,
  cardMoved,
  events,
  page,
  pageViewed,
} from "../../test/support/boardEvents.ts";
import { createClock } from "./clock.ts";
import { createTestTidings, type TestTidings } from "./createTestTidings.ts";
import { expectNothingRecorded, expectRecorded } from "./expectRecorded.ts";
import { nextEvent } from "./nextEvent.ts";

const cacheDirectory = inject("sharedDirectory");
const clock = createClock("2020-01-01T00:00:00Z");
let tidings: TestTidings;
let withoutActor: TestTidings;
beforeAll(async () => {
  tidings = await createTestTidings({ events, account: "acme", actor: ann, clock, cacheDirectory });
  withoutActor = await createTestTidings({ events, account: "acme", cacheDirectory });
}, 120_000);
afterAll(async () => {
  await tidings.close();
  await withoutActor.close();
});

test("a test tidings is migrated, empty and its own", async () => {
  await using another = await createTestTidings({ events, account: "acme", actor: ann, cacheDirectory });
  await another.record(aMove());
  await expectRecorded(another, cardMoved, { times: 1 });
  await expectNothingRecorded(withoutActor);
});

test("the app's own tables and transactions are on the same database", async () => {
  await tidings.pglite.exec("create table cards (id text primary key)");
  await tidings.pglite.transaction(async (tx) => {
    await tx.query("insert into cards values ('1')");
    await tidings.record(tx, { ...aMove(), account: "own-tables" });
  });
  await expectRecorded(tidings, cardMoved, { account: "own-tables", subject: card(1) });
});

test("nobody acts unless the test, the draft or the context says who", async () => {
  await expect(withoutActor.record(aMove())).rejects.toMatchObject({ code: "ACTOR_MISSING" });
  const [byDefault] = await tidings.record(aMove());
  const [byContext] = await tidings.run({ actor: ben }, () => tidings.record(aMove()));
  const [byDraft] = await tidings.record({ ...aMove(), actor: ben });
  expect([byDefault, byContext, byDraft].map((event) => event?.actor.id)).toEqual(["ann", "ben", "ben"]);
});

test("the clock gives the time of what is recorded, however it is recorded", async () => {
  const before = clock.now();
  const [first] = await tidings.record(aMove());
  const after = clock.advance({ days: 1 });
  const [second] = await tidings.recordEach([aMove()]);
  const own = new Date("2019-06-01T00:00:00Z");
  const [third] = await tidings.record({ ...aMove(), occurredAt: own });
  tidings.track(pageViewed({ subject: page("home") }));
  await tidings.flush();
  const [tracked] = (await tidings.events.list(pageViewed)).items;
  expect(first.occurredAt).toEqual(before);
  expect(second).toMatchObject({ ok: true, event: { occurredAt: after } });
  expect(third.occurredAt).toEqual(own);
  expect(tracked!.occurredAt).toEqual(after);
});

test("without a clock the time is the database's", async () => {
  const [event] = await withoutActor.record({ ...aMove(), account: "timely", actor: ann });
  const milliseconds = Number.parseInt(event.id.slice(0, 8) + event.id.slice(9, 13), 16);
  expect(Math.abs(event.occurredAt.getTime() - milliseconds)).toBeLessThanOrEqual(1);
});

test("a subscription runs after start, and records by the same clock", async () => {
  tidings.subscribe("follow-up", {
    types: [cardMoved],
    run: async ([event], { tx }) => {
      if (event!.causeDepth === 0) await tidings.record(tx, aMove("follow-up"));
    },
  });
  await tidings.start();
  const followUp = nextEvent(tidings, cardMoved, { subjects: ["card:follow-up"], withinMs: 20_000 });
  const [cause] = await tidings.record(aMove());
  expect(await followUp).toMatchObject({ occurredAt: clock.now(), causedBy: { id: cause.id } });
});

test("what was prepared is kept for other processes, and a spoilt copy is replaced", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tidings-kit-"));
  try {
    await writeFile(join(directory, "tidings-kept.tar"), "spoilt");
    const kept = { events, account: "acme", schema: "kept", cacheDirectory: directory };
    await using another = await createTestTidings(kept);
    await expectNothingRecorded(another);
    expect(await readdir(directory)).toEqual(["tidings-kept.tar"]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);

test("closing twice is closing once", async () => {
  await tidings.close();
  await tidings.close();
});
